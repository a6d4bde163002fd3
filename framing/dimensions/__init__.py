"""One module a dimension; the folder is the list. Each ends with the constant `DIMENSION`."""
