"""Keep a time for a few minutes, so that nobody else takes it while somebody speaks with the patient."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.actors import Actor
from patients.models import Patient
from scheduling.models import SlotHold, SlotOffer
from scheduling.models.slot_holds import SlotHoldQuerySet
from scheduling.policies import VisitRefusedError
from scheduling.services.day_locks import hold_days, refusing_overlaps
from scheduling.services.places import Checked, Judgement, Place, check, look_before_waiting, settle
from scheduling.spans import Span

KEPT_FOR = timedelta(minutes=5)
TWO_TAPS_WITHIN = timedelta(seconds=10)


def keep(
    *,
    place: Place,
    by: Actor,
    now: datetime,
    kept_for: timedelta = KEPT_FOR,
    is_override: bool = False,
    instead_of: SlotHold | None = None,
) -> SlotHold:
    """Claim the place until ``now + kept_for``; ``instead_of`` is let go for it. Raises as booking does."""

    if instead_of is not None:
        place = replace(place, left_out=(*place.left_out, instead_of.pk))

    def work() -> SlotHold:
        look_before_waiting(place, by=by, now=now)
        spans = [place.span] if instead_of is None else [place.span, (instead_of.starts_at, instead_of.ends_at)]
        hold_days(by, *spans)
        if instead_of is not None:
            end(hold=instead_of, by=by, now=now)
        clear_run_out(by=by, span=place.span, now=now)
        checked = check(place, by=by, now=now, judgement=Judgement(is_override=is_override))
        return _write(checked, place.patient, by, now, now + kept_for)

    return settle(place, by, now, work)


def kept_a_moment_ago(*, place: Place, by: Actor, now: datetime) -> SlotHold | None:
    """The hold the same member made of this very place within seconds: the first of two taps.

    Later it is another caller's: two of them may be on the phone.
    """
    if by.membership_id is None:
        return None
    own = of_desk(by).filter(held_by_id=by.membership_id, expires_at__gt=now + KEPT_FOR - TWO_TAPS_WITHIN)
    starts_at, ends_at = place.span
    return own.filter(
        clinician=place.clinician,
        visit_type=place.visit_type,
        patient=place.patient,
        starts_at=starts_at,
        ends_at=ends_at,
    ).first()


def of_desk(by: Actor) -> SlotHoldQuerySet:
    """The holds of those who are choosing: not the ones that keep a time on offer."""
    offers = SlotOffer.objects.visible_to(by).filter(hold=OuterRef("pk"))
    return SlotHold.objects.visible_to(by).filter(~Exists(offers))


def _write(checked: Checked, patient: Patient | None, by: Actor, now: datetime, expires_at: datetime) -> SlotHold:
    with refusing_overlaps():
        return SlotHold.objects.create(
            clinic=by.clinic,
            patient=patient,
            visit_type=checked.place.visit_type,
            held_by_id=by.membership_id,
            expires_at=expires_at,
            **checked.place.columns,
        )


def end(*, hold: SlotHold, by: Actor, now: datetime) -> None:
    """Give the time free; a hold that has ended stays ended. Its day may be held by the caller."""
    SlotHold.objects.visible_to(by).filter(pk=hold.pk, ended_at__isnull=True).update(ended_at=now)


def kept_for(*, patient: Patient, by: Actor, now: datetime) -> list[UUID]:
    """The times this person keeps for the patient while they choose; one that is on offer waits for its answer."""
    own = of_desk(by).standing(now).filter(patient=patient, held_by_id=by.membership_id)
    return list(own.values_list("pk", flat=True)) if by.membership_id else []


def end_all(*, hold_ids: Collection[UUID], by: Actor, now: datetime) -> None:
    """Give these times free, as ``end`` does."""
    if hold_ids:
        SlotHold.objects.visible_to(by).filter(pk__in=hold_ids, ended_at__isnull=True).update(ended_at=now)


def renew(*, hold: SlotHold, by: Actor, now: datetime, kept_for: timedelta = KEPT_FOR) -> None:
    """Keep it longer. Raises ``VisitRefusedError`` when it has ended: somebody else may have the time by now."""
    standing = SlotHold.objects.visible_to(by).standing(now).filter(pk=hold.pk)
    if not standing.update(expires_at=now + kept_for):
        raise VisitRefusedError(_("The time is no longer kept. Choose it again."))


def clear_run_out(*, by: Actor, span: Span, now: datetime) -> None:
    """Take the claims of holds that have run out off the span, which the caller holds."""
    stale = SlotHold.objects.visible_to(by).run_out(now).filter(starts_at__lt=span[1], ends_at__gt=span[0])
    stale.update(ended_at=now)
