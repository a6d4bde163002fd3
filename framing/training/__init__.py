"""Corpora that people coded, and how well each model does on them."""
