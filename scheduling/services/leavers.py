"""The book of somebody who leaves, or may treat no more: their hours end, their visits are listed to be moved.

Both come back with the person, or with the role.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Membership
from common.wall_clock import local_day
from scheduling.choices import SettingKind
from scheduling.models import AvailabilityBlock, ExtraHours, SettingChange
from scheduling.queries import touched_visits
from scheduling.services.setting_changes import HOURS_FIELDS, as_json, from_json, note

_OF_A_BLOCK = ("pk", *HOURS_FIELDS, "weekday", "valid_from_date", "valid_until_date")
_OF_A_DAY = ("pk", *HOURS_FIELDS, "day")


@transaction.atomic
def leave(*, member: Membership, work: dict[str, Any], by: Actor, now: datetime) -> SettingChange:
    """Today is the last day of the person's hours; visits to come stay booked, and are listed.

    ``work`` is kept as it is, and is what ``come_back`` returns.
    """
    said = {"name": member.user.full_name, "day": date_format(local_day(now, by.zone), "j M Y")}
    title = _("%(name)s left, last day %(day)s") % said
    visits = touched_visits.of_leaver(by, member.pk, now=now)
    hours = _end_hours(member, by, now)
    return note(SettingKind.LEAVER, member, title, visits, before={**hours, "work": work}, by=by, now=now)


@transaction.atomic
def change_role(
    *, member: Membership, was: str, is_bookable: bool, work: dict[str, Any], by: Actor, now: datetime
) -> SettingChange:
    """The person has another role; with ``is_bookable`` the book stays as it is, else as if they left."""
    said = {"name": member.user.full_name, "was": Role(was).label, "became": Role(member.role).label}
    title = _("Role of %(name)s: %(was)s → %(became)s") % said
    visits = () if is_bookable else touched_visits.of_leaver(by, member.pk, now=now)
    hours = {"blocks": [], "extra": []} if is_bookable else _end_hours(member, by, now)
    return note(SettingKind.ROLE, member, title, visits, before={**hours, "work": work}, by=by, now=now)


@transaction.atomic
def come_back(*, member: Membership, by: Actor, now: datetime) -> dict[str, Any]:
    """The hours hold again as they did; return the work that was handed over with the leaving, as it was given."""
    change = _standing(SettingKind.LEAVER, member, by)[:1]
    return resume(change=change[0], member=member, by=by, now=now) if change else {}


def roles_changed(*, member: Membership, by: Actor) -> list[SettingChange]:
    """Changes of the member's role that were not taken back, the newest first."""
    return _standing(SettingKind.ROLE, member, by)


@transaction.atomic
def resume(*, change: SettingChange, member: Membership, by: Actor, now: datetime) -> dict[str, Any]:
    """The hours that ended with the change hold again; return the work it was given."""
    for model, values in ((AvailabilityBlock, change.before["blocks"]), (ExtraHours, change.before["extra"])):
        model._default_manager.filter(clinic_id=by.clinic_id, pk__in=[one["pk"] for one in values]).delete()
        for one in values:
            model._default_manager.create(clinic=by.clinic, clinician=member, **from_json(one))
    change.undone_at, change.undone_by_id = now, by.membership_id
    change.save(update_fields=["undone_at", "undone_by"])
    work: dict[str, Any] = change.before["work"]
    return work


def _standing(kind: SettingKind, member: Membership, by: Actor) -> list[SettingChange]:
    return list(SettingChange.objects.visible_to(by).filter(kind=kind, row_id=member.pk, undone_at__isnull=True))


def _end_hours(member: Membership, by: Actor, now: datetime) -> dict[str, Any]:
    """Return them as they were."""
    today = local_day(now, by.zone)
    blocks = AvailabilityBlock.objects.visible_to(by).filter(clinician=member).exclude(valid_until_date__lt=today)
    extra = ExtraHours.objects.visible_to(by).filter(clinician=member, day__gt=today)
    were = {
        "blocks": [as_json(block, _OF_A_BLOCK) for block in blocks],
        "extra": [as_json(one, _OF_A_DAY) for one in extra],
    }
    blocks.filter(valid_from_date__gt=today).delete()
    blocks.update(valid_until_date=today)
    extra.delete()
    return were
