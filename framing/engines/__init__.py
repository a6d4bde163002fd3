"""Many articles: the same rows of results from this machine (`local`) or from a cluster (`spark`), read again by `results`."""
