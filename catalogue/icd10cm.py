"""ICD-10-CM: which complete code a side makes of a pattern, and when only a coder can say.

Codes are general knowledge [GK] and must be checked against the current fiscal-year file before billing.
The sides that are known stand in `catalogue/data/condition_codes.json`; nothing is derived by counting up,
because a third character is "both sides" in one family of codes and does not exist in the next.
"""

import re
from dataclasses import dataclass
from typing import Literal, Protocol

Side = Literal["right", "left", "bilateral"]

SHAPE = re.compile(r"([A-Z][0-9]|QA)[0-9A-Z](\.[0-9A-Z]{1,4})?")


class CodePattern(Protocol):
    """What `ConditionCode` rows look like."""

    pattern: str
    further_character: str
    code_right: str
    code_left: str
    code_bilateral: str


@dataclass(frozen=True)
class Completion:
    """`code` is empty when the coder has to decide; `reason` then says why."""

    code: str
    reason: str = ""

    @property
    def needs_coder(self) -> bool:
        return not self.code


def complete(row: CodePattern, side: Side | None) -> Completion:
    """The complete code of `row` for `side`, or the reason why a coder must choose it."""
    if row.further_character == "none":
        return Completion(row.pattern)
    if row.further_character == "coder":
        return Completion("", f"{row.pattern} needs further characters that the side alone does not give.")
    if side is None:
        return Completion("", f"{row.pattern} needs a side.")
    known = {"right": row.code_right, "left": row.code_left, "bilateral": row.code_bilateral}[side]
    if not known:
        return Completion("", f"{row.pattern} has no single code on file for this side.")
    return Completion(known)


def is_well_formed(code: str) -> bool:
    """Whether `code` has the shape of a complete ICD-10-CM code; ``icd10cm_years`` knows the codes."""
    return SHAPE.fullmatch(code) is not None
