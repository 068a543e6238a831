"""What worries the patient: a sign, some words, or nothing. What is told is stored before anything is answered."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from patients.models import AccessLink
from patients.services import access_links
from portal.models import CheckIn
from portal.queries import Guest, Visit, is_pain_alarming, told_here
from sessions.choices import DangerSign, Source
from sessions.models import SideEffect
from sessions.services import side_effects

# [DEF] so many reports of their own one door makes; what is written on joins them, and they stay the clinic's to read.
MOST_REPORTS = 3


@transaction.atomic
def tell(*, guest: Guest, sign: DangerSign | None, words: str, by: Actor, now: datetime) -> SideEffect:
    """Report a side effect with its priority at once; the same telling again returns the first one.

    Words after several reports are added to one that is as urgent: one frightened patient must not bury the others.
    """
    _lock(guest, by)
    signs = [sign.value] if sign else []
    told = told_here(guest)
    same = (
        one for one in told if (one.danger_signs, one.description, one.taken_back_at) == (signs, words.strip(), None)
    )
    report = next(same, None) or (
        _added(guest, told, words, by) if sign is None and len(told) >= MOST_REPORTS else None
    )
    report = report or side_effects.report(
        patient=guest.patient,
        injection_session=guest.session,
        danger_signs=signs,
        description=words,
        source=Source.PORTAL,
        is_pain_alarming=is_pain_alarming(guest),
        by=by,
        now=now,
    )
    _finish(guest, by=by, now=now)
    return report


def _added(guest: Guest, told: list[SideEffect], words: str, by: Actor) -> SideEffect | None:
    return side_effects.add_words(
        to=told, words=words, patient=guest.patient, is_pain_alarming=is_pain_alarming(guest), by=by
    )


@transaction.atomic
def say_all_is_well(*, guest: Guest, by: Actor, now: datetime) -> None:
    """The patient has no worry to tell."""
    _lock(guest, by)
    _finish(guest, by=by, now=now)


@transaction.atomic
def take_back(*, guest: Guest, report_id: UUID, by: Actor, now: datetime) -> bool:
    """Note that a tap was a slip; False where no report of this door has the id. A clinician still looks at it."""
    _lock(guest, by)
    report = next((one for one in told_here(guest) if one.pk == report_id), None)
    if report is None:
        return False
    side_effects.note_slip(side_effect_id=report.pk, by=by, now=now)
    return True


def _lock(guest: Guest, by: Actor) -> None:
    """One telling at a time at each door."""
    if isinstance(guest, Visit):
        CheckIn.objects.visible_to(by).select_for_update().get(pk=guest.check_in.pk)
    else:
        AccessLink.objects.visible_to(by).select_for_update().get(pk=guest.link.pk)


def _finish(guest: Guest, *, by: Actor, now: datetime) -> None:
    if isinstance(guest, Visit):
        own = CheckIn.objects.visible_to(by).filter(pk=guest.check_in.pk, worry_at__isnull=True)
        own.update(worry_at=now)
    access_links.mark_used(link_id=guest.link.pk, by=by, now=now)
