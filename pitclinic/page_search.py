"""Pages found by the words of their name or of what they are for, as the search of the top bar lists them. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.actors import Actor
from patients.folding import fold
from pitclinic.navigation import ENTRIES, address
from pitclinic.setting_index import GROUPS

MOST = 8
BEGINS_FROM = 3  # letters with which the word of a name may be begun
PURPOSE_FROM = 4  # letters of a word that is looked for in a purpose: shorter ones stand in every sentence


@dataclass(frozen=True)
class FoundPage:
    label: str
    purpose: str
    url: str


def pages_named(actor: Actor, typed: str) -> list[FoundPage]:
    """What this person may open and every typed word names; what is called so before what only tells of it."""
    words = fold(typed).split()
    if not words:
        return []
    found: dict[str, tuple[int, FoundPage]] = {}
    for page in _open_to(actor):
        rank = _rank(page, words)
        if rank is not None:
            found.setdefault(page.url, (rank, page))
    return [page for _, page in sorted(found.values(), key=lambda one: one[0])][:MOST]


def _open_to(actor: Actor) -> Iterator[FoundPage]:
    for entry in ENTRIES:
        if actor.may(entry.act) and (url := address(entry.url_name)):
            yield FoundPage(str(entry.label), str(entry.purpose), url)
    for group in GROUPS:
        for one in group.settings:
            if actor.may(one.act):
                yield FoundPage(str(one.label), str(one.purpose), one.url)


def _rank(page: FoundPage, words: list[str]) -> int | None:
    """0: all of it is in the name; 1: some of it only in the purpose; None: a word is in neither."""
    name, purpose = fold(page.label).split(), fold(page.purpose).split()
    if all(_is_in_name(word, name) for word in words):
        return 0
    if all(_is_in_name(word, name) or (len(word) >= PURPOSE_FROM and word in purpose) for word in words):
        return 1
    return None


def _is_in_name(word: str, name: list[str]) -> bool:
    return word in name or (len(word) >= BEGINS_FROM and any(part.startswith(word) for part in name))
