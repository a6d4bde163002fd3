"""Several analyses side by side: intervals, differences, naming, distinctive words. The entry is `comparison.compare`."""
