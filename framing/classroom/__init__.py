"""Exercises for a class: texts to code by hand, and how far the coders, the key and the models agree."""
