"""What the encoder says of each word piece: 19 numbers, in columns of these names.

All but the tags are summed or averaged outside the network, so that what each piece adds is known.
"""

ATTRIBUTION = slice(0, 7)  # scores of `framing.attribution.tagged.LABELS`, at the first piece of a unit
HEDGING = slice(7, 11)  # scores of `framing.linear.hedging.LABELS`, likewise
BLAMED = 11  # log-odds that experts blame the word, likewise
LOADED = 12  # averaged over the pieces of a sentence: the log-odds that it is loaded
AT_TARGET = slice(13, 16)  # averaged over the mentions of the target, and
AROUND = slice(16, 19)  # over all pieces: their sum is the score of a negative, neutral, positive portrayal
COLUMNS = 19
