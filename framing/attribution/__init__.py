"""Who says what, by rules over tokens, quotation marks and the lexicons `reporting` and `sources`."""
