"""Nerves by whatever a clinician calls them. Pure: no Django, no rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from common.folding import fold


@dataclass(frozen=True)
class Nerve:
    """``names``: the name, the short name and the synonyms. ``laterality``: "L", "M" or "LM" (domain.md §2)."""

    code: str
    label: str
    short_name: str
    names: tuple[str, ...]
    laterality: str = "L"

    @cached_property
    def folded(self) -> frozenset[str]:
        return frozenset(fold(name) for name in (self.code, self.label, self.short_name, *self.names))

    @cached_property
    def words(self) -> str:
        return " " + fold(" ".join((self.label, self.short_name, *self.names)))


def find(nerves: Iterable[Nerve], typed: str) -> list[Nerve]:
    """Those called exactly that; else those of whose words each typed word begins one. Empty for an empty text."""
    text = fold(typed)
    if not text:
        return []
    nerves = list(nerves)
    exact = [nerve for nerve in nerves if text in nerve.folded]
    return exact or [nerve for nerve in nerves if all(f" {word}" in nerve.words for word in text.split())]
