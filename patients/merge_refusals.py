"""Why a merge, or its way back, is refused, in words; read from the name of the rule the database held."""

import re
from zoneinfo import ZoneInfo

from django.db import IntegrityError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

MERGED_AWAY = "patients_merged_away"
_SPAN = re.compile(r'\["?([0-9][^",)]*)"?,')


class MergeRefusedError(Exception):
    """``words`` are fit for the screen."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def rule_of(error: IntegrityError) -> str:
    """The name of the constraint that refused; empty where none is known."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


def refusal_of(error: IntegrityError) -> MergeRefusedError:
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
        words = _("Both have visits at the same time%(when)s. Move or cancel one of them first.")
        return MergeRefusedError(words % {"when": _when(error)})
    words = _("Something of the two records cannot stand side by side (%(rule)s). Nothing was changed.")
    return MergeRefusedError(words % {"rule": rule or "–"})


def _when(error: IntegrityError) -> str:
    """``: 2 Mar 2026 10:00``, from what PostgreSQL says of the key."""
    told = getattr(getattr(error.__cause__, "diag", None), "message_detail", None) or ""
    found = _SPAN.search(told)
    moment = parse_datetime(found[1]) if found else None
    if moment is None:
        return ""
    if timezone.is_naive(moment):
        moment = moment.replace(tzinfo=ZoneInfo("UTC"))
    return ": " + date_format(timezone.localtime(moment), "j M Y H:i")
