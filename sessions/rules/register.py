"""What the register knows of the safety questions, which answers contradict it, and what one tap may answer.

Which item a fact of the register answers is domain.md §5; a history of cancer is no answer, for the red flag is *new*
pain with it: the question has to be asked by hand. No Django, no rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

ALLERGY = "ALLERGY"
# Screening items and the risk flags of the register that say the same, which rule V26 weighs.
CAUTIONS = {
    "BLEEDING": frozenset({"anticoagulant", "antiplatelet", "bleeding_disorder"}),
    "PREGNANCY": frozenset({"pregnancy", "breastfeeding"}),
    "IMMUNITY": frozenset({"immunosuppression", "recent_steroid", "implant"}),
}
SAYS_YES = CAUTIONS | {
    "DIABETES": frozenset({"diabetes"}),
    "FAINTING": frozenset({"vasovagal", "needle_fear"}),
    "PLEURA": frozenset({"copd", "very_thin"}),
}
# "Thoracic, neck or shoulder-girdle site": what the points answer by themselves (domain.md §5).
PLEURA = "PLEURA"
NEAR_THE_LUNG = frozenset({"neck", "shoulder", "thorax", "chest"})
TO_BE_ASKED = {"RED_FLAGS": frozenset({"cancer_history"})}


@dataclass(frozen=True)
class Fact:
    """One fact of the register that stands, in words, and the day it was written down.

    ``is_to_confirm``: a file says so and nobody has asked; it answers nothing.
    """

    words: str
    since: date | None = None
    is_to_confirm: bool = False


@dataclass(frozen=True)
class Known:
    """The facts about one question. ``is_yes``: they answer it; else they only say that it has to be asked."""

    facts: tuple[Fact, ...]
    is_yes: bool

    @property
    def words(self) -> str:
        return ", ".join(fact.words for fact in self.facts)


def known_of(allergies: Iterable[Fact], flags: Iterable[tuple[str, Fact]]) -> dict[str, Known]:
    """By the code of its item, what is known; ``flags`` come with their code. What no question asks is left out."""
    flags = list(flags)
    found = {ALLERGY: Known(tuple(allergies), is_yes=True)}
    for table, is_yes in ((SAYS_YES, True), (TO_BE_ASKED, False)):
        for item, codes in table.items():
            facts = tuple(fact for code, fact in flags if code in codes)
            found[item] = Known(facts, is_yes and any(not fact.is_to_confirm for fact in facts))
    return {item: one for item, one in found.items() if one.facts}


def contradicts(known: Known | None, answer: bool | None) -> bool:
    """No, where the register says yes. A yes that it does not know is news; an open question is neither."""
    return known is not None and known.is_yes and answer is False


def is_near_the_lung(*, regions: frozenset[str], flags: frozenset[str]) -> bool:
    """Whether a point at this nerve answers the question about the lung with yes."""
    return "PTX" in flags or bool(regions & NEAR_THE_LUNG)


def begun(known: Mapping[str, Known], answers: Mapping[str, bool]) -> dict[str, bool]:
    """The answers as the page begins with them: those given, and "yes" for what the register knows."""
    return {item: True for item, one in known.items() if one.is_yes} | dict(answers)


def answered_at_once(items: Iterable[str], known: Mapping[str, Known], answers: Mapping[str, bool]) -> list[str]:
    """The items that "All asked, nothing to report" answers: those that nobody has answered and nothing is known of."""
    return [item for item in items if item not in known and item not in answers]
