"""The book of somebody who leaves: their hours end, their visits are listed to be moved; both come back with them."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.actors import Actor
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
    today = local_day(now, by.zone)
    blocks = AvailabilityBlock.objects.visible_to(by).filter(clinician=member).exclude(valid_until_date__lt=today)
    extra = ExtraHours.objects.visible_to(by).filter(clinician=member, day__gt=today)
    said = {"name": member.user.full_name, "day": date_format(today, "j M Y")}
    change = note(
        SettingKind.LEAVER,
        member,
        _("%(name)s left, last day %(day)s") % said,
        touched_visits.of_leaver(by, member.pk, now=now),
        before={
            "blocks": [as_json(block, _OF_A_BLOCK) for block in blocks],
            "extra": [as_json(one, _OF_A_DAY) for one in extra],
            "work": work,
        },
        by=by,
        now=now,
    )
    blocks.filter(valid_from_date__gt=today).delete()
    blocks.update(valid_until_date=today)
    extra.delete()
    return change


@transaction.atomic
def come_back(*, member: Membership, by: Actor, now: datetime) -> dict[str, Any]:
    """The hours hold again as they did; return the work that was handed over with the leaving, as it was given."""
    rows = SettingChange.objects.visible_to(by).filter(kind=SettingKind.LEAVER, row_id=member.pk)
    change = rows.filter(undone_at__isnull=True).first()
    if change is None:
        return {}
    for model, values in ((AvailabilityBlock, change.before["blocks"]), (ExtraHours, change.before["extra"])):
        model._default_manager.filter(clinic_id=by.clinic_id, pk__in=[one["pk"] for one in values]).delete()
        for one in values:
            model._default_manager.create(clinic=by.clinic, clinician=member, **from_json(one))
    change.undone_at, change.undone_by_id = now, by.membership_id
    change.save(update_fields=["undone_at", "undone_by"])
    work: dict[str, Any] = change.before["work"]
    return work
