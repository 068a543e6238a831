"""What a clinic books: its visit types."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Clinic
from scheduling.models import VisitType
from scheduling.policies import VisitRefusedError


@dataclass(frozen=True)
class _Default:
    code: str
    name: str
    duration_minutes: int
    turnover_minutes: int
    is_treatment: bool = True
    needs_room: bool = True


# domain.md §12
_DEFAULTS = (
    _Default("initial-evaluation", "Initial evaluation", 60, 10, is_treatment=False),
    _Default("initial-treatment", "Initial evaluation and first treatment", 90, 10),
    _Default("follow-up", "Follow-up session", 30, 5),
    _Default("multi-region", "Several regions or ultrasound", 45, 10),
    _Default("review", "Review without injection", 20, 5, is_treatment=False),
    _Default("telehealth", "Check by telephone or video", 15, 0, is_treatment=False, needs_room=False),
    _Default("urgent", "Urgent: side effect", 15, 5, is_treatment=False),
)


def set_up_defaults(*, clinic: Clinic) -> None:
    """Give a clinic the usual visit types; those it has already stay as they are. Needs the clinic's context."""
    VisitType.objects.bulk_create(
        [
            VisitType(
                clinic=clinic,
                code=one.code,
                name=one.name,
                duration_minutes=one.duration_minutes,
                turnover_minutes=one.turnover_minutes,
                is_treatment=one.is_treatment,
                needs_room=one.needs_room,
            )
            for one in _DEFAULTS
        ],
        ignore_conflicts=True,
    )


def save(*, visit_type: VisitType, by: Actor) -> VisitType:
    """Store a new or changed visit type; visits that were booked keep their length."""
    if not visit_type.code:
        visit_type.clinic = by.clinic
        visit_type.code = _free_code(slugify(visit_type.name)[:36] or "visit", by)
    try:
        with transaction.atomic():
            visit_type.save()
    except IntegrityError as error:
        raise VisitRefusedError(_("There is a visit type of this name already.")) from error
    return visit_type


def _free_code(wanted: str, by: Actor) -> str:
    """Names that differ in a sign alone have one code: the second gets a number."""
    taken = set(VisitType.objects.visible_to(by).filter(code__startswith=wanted).values_list("code", flat=True))
    numbered = (f"{wanted}-{number}" for number in range(2, 1000))
    return wanted if wanted not in taken else next(code for code in numbered if code not in taken)
