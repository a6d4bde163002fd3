"""Closed classes of English and what can be told of a token without a tagger (Quirk et al. 1985, chapters 2 to 6)."""

from __future__ import annotations

from functools import cache

from framing.data import folder, read_table

BE = frozenset("is are was were be been being am 's 're 'm isn't aren't wasn't weren't".split())
HAVE = frozenset("has have had having 've hasn't haven't hadn't".split())
COPULAS = frozenset(
    "seem seems seemed appear appears appeared remain remains remained feel feels felt sound sounds".split()
)
DO = frozenset("do does did don't doesn't didn't".split())
MODALS = frozenset(
    "will would shall should can could may might must cannot 'll 'd won't wouldn't shouldn't can't couldn't mightn't "
    "mustn't".split()
)
AUXILIARIES = BE | HAVE | DO | MODALS
FINITE = AUXILIARIES - {"be", "been", "being", "having", "'s", "'d"}

SUBJECTS = frozenset("he she they we i it you who".split())
INDEFINITES = frozenset(
    "some many most others several few both all one everyone everybody nobody someone somebody anyone none neither "
    "another each these those this that which".split()
)
OBJECTS = frozenset(
    "him her them us me you it himself herself themselves itself myself ourselves yourself".split()
)
REFLEXIVES = frozenset(token for token in OBJECTS if token.endswith(("self", "selves")))
POSSESSIVES = frozenset("his her its their my our your 's '".split())
DETERMINERS = (
    frozenset(
        "the a an this that these those no any every each some another such what which whose many several few".split()
    )
    | POSSESSIVES
)
PREPOSITIONS = frozenset(
    "of in on at by for with from to into about after before during under over between among against through since "
    "until as like without within near amid despite toward towards via upon across behind beyond following regarding "
    "concerning around throughout inside outside off onto per than alongside except ahead".split()
)
SUBORDINATORS = frozenset(
    "that whether if because although though while when where since as unless until whereas how why what than so "
    "lest once whenever wherever".split()
)
QUESTION_WORDS = frozenset("whether if how why what where who when which whom whose".split())
COORDINATORS = frozenset("and but or nor yet".split())
RELATIVES = frozenset("who which that whose whom where".split())
NEGATORS = frozenset("not never n't hardly".split())
ADVERBS = frozenset(
    "also then later now still once again often always even just already first ever further soon long thus "
    "too since instead rather only sometimes meanwhile back well quite very much "
    "reportedly twice widely however moreover nevertheless nonetheless therefore".split()
)
# Words in -ly that are no adverbs.
_NO_ADVERBS = frozenset(
    "family ally assembly italy july reply rally bully fly supply monopoly daily weekly monthly elderly likely unlikely "
    "friendly deadly costly early only anomaly melancholy sicily apply rely comply multiply imply".split()
)
DAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday mon. tue. tues. wed. thu. thurs. fri. sat. sun. "
    "yesterday today tonight tomorrow earlier later recently afterwards afterward afterwards again repeatedly publicly "
    "privately simply flatly bluntly here there then".split()
)
PERIODS = frozenset(
    "week month year weekend morning afternoon evening night spring summer autumn fall winter".split()
)
ROUGHLY = frozenset("about around over under between nearly almost".split())
_QUANTITIES = frozenset(
    "half two three four five six seven eight nine ten a dozen hundreds thousands millions".split()
)
_MONTHS = frozenset(
    "january february march april may june july august september october november december jan. feb. mar. apr. aug. "
    "sept. sep. oct. nov. dec.".split()
)
QUOTE_MARKS = frozenset("\"'")
SIGNS = frozenset("$£€#@")
DASHES = frozenset(["—", "–", "--"])
STOPS = frozenset(".;:!?…()[]") | DASHES


def is_adverb(token: str) -> bool:
    """Whether a token may stand as an adverb inside a group of verbs."""
    return (
        token in ADVERBS
        or token in NEGATORS
        or (len(token) > 4 and token.endswith("ly") and token not in _NO_ADVERBS)
    )


def is_time(token: str) -> bool:
    """A day, or an adverb that may stand between a verb of saying and what was said."""
    return token in DAYS or (len(token) > 4 and token.endswith("ly") and token not in _NO_ADVERBS)


def is_quantity(token: str) -> bool:
    """A number in digits, or one that a word of approximation often precedes."""
    return token[0].isdigit() or token in _QUANTITIES


def is_date(token: str) -> bool:
    """A part of a date."""
    return token in _MONTHS or token[0].isdigit()


_NO_NOMINALS = AUXILIARIES - {"'s", "may", "will"}


def is_nominal(token: str) -> bool:
    """Whether a token can be a part of a noun phrase: a word that is no auxiliary, an abbreviation, a hyphen."""
    if token in _NO_NOMINALS:
        return False
    return token[-1].isalnum() or token in ("-", "'s", "'", "&", "/") or (token[-1] == "." and len(token) > 1)


def looks_finite(token: str) -> bool:
    """Whether an open-class token has the shape of a past tense."""
    return (token.endswith("ed") and len(token) > len("need")) or token in _irregular_pasts()


@cache
def _irregular_pasts() -> frozenset[str]:
    rows = read_table(folder("lexicons") / "irregular.tsv").rows
    forms = (form for _, row in rows if row["category"] == "verb" for form in row["forms"].split("|"))
    return frozenset(form for form in forms if not form.endswith(("s", "ing")))


def inflection(token: str, base: str) -> str:
    """Which form of the verb `base` a token is: base, s, ing, participle (only ever one) or past (maybe a participle).

    >>> [inflection(token, "write") for token in ("write", "writes", "writing", "wrote", "written")]
    ['base', 's', 'ing', 'past', 'participle']
    """
    if token.endswith("ing") and token != base:
        return "ing"
    if token == base:
        return "base"
    if token.endswith("s"):
        return "s"
    return "participle" if token.endswith("n") and not base.endswith("n") else "past"
