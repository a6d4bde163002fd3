"""Engines that score many articles, on this machine or on others, into the same rows."""
