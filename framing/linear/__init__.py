"""The linear models: trained classifiers and taggers over features of words, lexicons and context, a module a dimension."""

from framing.linear.attribution import prepare

__all__ = ["prepare"]
