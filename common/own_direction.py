"""A name keeps its own direction in a sentence: the day behind an Arabic one stays behind it."""

_ISOLATED = "\u2068{}\u2069"


def isolated(name: str) -> str:
    return name if name.isascii() else _ISOLATED.format(name)
