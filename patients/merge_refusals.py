"""Why a merge, or its way back, is refused, in words; read from the name of the rule the database held."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

MERGED_AWAY = "patients_merged_away"


class MergeRefusedError(Exception):
    """``words`` are fit for the screen."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def rule_of(error: IntegrityError) -> str:
    """The name of the constraint that refused; empty where none is known."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


def is_merged_away(error: IntegrityError) -> bool:
    """It was the record that takes nothing new, not what was to be written."""
    return rule_of(error) == MERGED_AWAY


def refusal_of(error: IntegrityError, *, overlaps: Sequence[datetime] = ()) -> MergeRefusedError:
    """``overlaps`` are the times at which both have a visit."""
    rule = rule_of(error)
    if rule in ("patients_merge_done", "patients_patientmerge_once", MERGED_AWAY):
        return MergeRefusedError(
            _("One of the records was merged, or taken apart again, meanwhile. Look at both again.")
        )
    if rule == "patients_merge_later_one":
        return MergeRefusedError(_("This record was itself merged into another since. Take that back first."))
    if rule == "patients_merge_joined":
        words = _("Since the merge, something of one record was joined with the other (a session with a course).")
        return MergeRefusedError(f"{words} {_('Undo that first.')}")
    if rule == "sessions_use_one_patient":
        return MergeRefusedError(_("One single-dose container would have served two patients."))
    if rule.startswith("scheduling_"):
        return MergeRefusedError(overlap_words(overlaps))
    words = _("Something of the two records cannot stand side by side (%(rule)s). Nothing was changed.")
    return MergeRefusedError(words % {"rule": rule or "–"})


def overlap_words(overlaps: Sequence[datetime]) -> str:
    words = _("Both have visits at the same time%(when)s. Move or cancel one of them first.")
    return words % {"when": _when(overlaps)}


def _when(overlaps: Sequence[datetime]) -> str:
    """``: 2 Mar 2026 10:00``; empty where the times are not known."""
    times = ", ".join(date_format(timezone.localtime(moment), "j M Y H:i") for moment in overlaps)
    return f": {times}" if times else ""
