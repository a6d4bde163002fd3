"""The lexicon workbench: make a word list, look at its hits, judge a sample, and see what a change does to scores.

In the order of the work: `new_lexicon`, `concordance` and `count`, `sample`, `read_judged` and `precision`, `suggest`,
`effect`; `import_lexicon` and `export_lexicon` for lists of other programs. Results are pandas frames.
"""

from framing.lexicon_formats import export_lexicon, import_lexicon
from framing.workbench.change import Effect, effect
from framing.workbench.hits import concordance, count
from framing.workbench.judging import precision, read_judged, sample, write_sample
from framing.workbench.skeleton import new_lexicon
from framing.workbench.suggestions import suggest

__all__ = [
    "Effect",
    "concordance",
    "count",
    "effect",
    "export_lexicon",
    "import_lexicon",
    "new_lexicon",
    "precision",
    "read_judged",
    "sample",
    "suggest",
    "write_sample",
]
