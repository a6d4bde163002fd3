"""What the pages of the documentation take from the package when they are built, so that it is never said twice."""
