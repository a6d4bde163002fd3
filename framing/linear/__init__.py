"""The linear models: trained classifiers and taggers over features of words, lexicons and context, a module a dimension."""
