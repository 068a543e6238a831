"""Equipment, closures, extra hours, credentials and the limits of a person: stored, removed, refused kindly."""

from collections.abc import Sequence
from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Membership
from catalogue.models import Technique
from common.wall_clock import ends_after
from scheduling.models import BookingRule, Closure, Credential, Equipment, ExtraHours
from scheduling.policies import VisitRefusedError, check_can_treat


def save_equipment(*, equipment: Equipment, by: Actor) -> Equipment:
    """Store a new or changed piece. Out of use it keeps the visits it has and takes no new ones."""
    equipment.clinic = by.clinic
    try:
        with transaction.atomic():
            equipment.save()
    except IntegrityError as error:
        raise VisitRefusedError(_("There is equipment of this name already.")) from error
    return equipment


def close(*, name: str, starts_at: datetime, ends_at: datetime, by: Actor) -> Closure:
    """Offer nobody's time between the two; visits already booked stay."""
    if ends_at <= starts_at:
        raise VisitRefusedError(_("The end must come after the beginning."))
    return Closure.objects.create(clinic=by.clinic, name=name.strip(), starts_at=starts_at, ends_at=ends_at)


def open_again(*, closure: Closure) -> None:
    closure.delete()


def add_extra_hours(*, clinician: Membership, day: date, start_time: time, end_time: time, by: Actor) -> ExtraHours:
    """Open hours of one day, by the clinic's wall clock."""
    check_can_treat(clinician)
    if not ends_after(start_time, end_time):
        raise VisitRefusedError(_("The end must come after the beginning."))
    return ExtraHours.objects.create(
        clinic=by.clinic, clinician=clinician, day=day, start_time=start_time, end_time=end_time
    )


def remove_extra_hours(*, extra: ExtraHours) -> None:
    """Visits already booked in these hours stay."""
    extra.delete()


def trust(
    *,
    clinician: Membership,
    technique: Technique,
    valid_from_date: date,
    valid_until_date: date | None,
    by: Actor,
    body_parts: Sequence[str] = (),
) -> Credential:
    """Trust the clinician with the technique, on ``body_parts`` only if there are any; it replaces the one before."""
    check_can_treat(clinician)
    if valid_until_date is not None and valid_until_date < valid_from_date:
        raise VisitRefusedError(_("The last day must not come before the first."))
    credential, _is_new = Credential.objects.visible_to(by).update_or_create(
        clinician=clinician,
        technique=technique,
        defaults={
            "clinic": by.clinic,
            "valid_from_date": valid_from_date,
            "valid_until_date": valid_until_date,
            "body_parts": list(body_parts),
        },
    )
    return credential


def end_trust(*, credential: Credential) -> None:
    """Visits already booked stay."""
    credential.delete()


def limit(*, member: Membership, max_treatments_per_day: int | None, can_chaperone: bool, by: Actor) -> BookingRule:
    """Set how many treatments a person has a day at most, and whether they chaperone."""
    rule, _is_new = BookingRule.objects.visible_to(by).update_or_create(
        member=member,
        defaults={
            "clinic": by.clinic,
            "max_treatments_per_day": max_treatments_per_day,
            "can_chaperone": can_chaperone,
        },
    )
    return rule
