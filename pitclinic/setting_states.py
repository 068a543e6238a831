"""How each setting of a clinic stands, in numbers, for the index of settings."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, IntegerField, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from accounts.models import Clinic, Membership, OnCallPerson
from common.wall_clock import local_day
from scheduling.models import (
    AvailabilityBlock,
    CheckInTablet,
    Closure,
    Credential,
    Equipment,
    ExtraHours,
    Leave,
    Room,
    SettingChange,
    VisitType,
)
from scheduling.queries.zone_changes import zone_changes
from sessions.models import ConsentWording, Product, RuleSet


@dataclass(frozen=True)
class States:
    """Counts of what is in use now or still to come; ``unheld``: visit types whose technique nobody holds."""

    people: int
    on_call: int
    rooms: int
    working: int
    visit_types: int
    unheld: int
    leaves: int
    closures: int
    extra_hours: int
    equipment: int
    credentials: int
    tablets: int
    changes: int
    products: int
    rules: int
    wordings: int


def setting_states(by: Actor, *, now: datetime) -> States:
    """One query, one more for changes of the zone, and two where there were any."""
    today = local_day(now, by.zone)
    credentials = Credential.objects.valid_on(today)
    held = credentials.filter(clinic_id=OuterRef("clinic_id"), technique=OuterRef("technique"))
    types = VisitType.objects.filter(is_active=True)
    counted: dict[str, QuerySet[Any]] = {
        "people": Membership.objects.active(),
        "on_call": OnCallPerson.objects.able(),
        "rooms": Room.objects.filter(is_active=True),
        "visit_types": types,
        "unheld": types.filter(technique__isnull=False).exclude(Exists(held)),
        "leaves": Leave.objects.filter(ends_at__gt=now),
        "closures": Closure.objects.filter(ends_at__gt=now),
        "extra_hours": ExtraHours.objects.filter(day__gte=today),
        "equipment": Equipment.objects.filter(is_active=True),
        "credentials": credentials,
        "tablets": CheckInTablet.objects.filter(revoked_at__isnull=True),
        "changes": SettingChange.objects.that_touched(),
        "products": Product.objects.offered(),
        "rules": RuleSet.objects.filter(made_by__isnull=False),
        "wordings": ConsentWording.objects.all(),
    }
    hours = AvailabilityBlock.objects.filter(clinician__is_active=True).exclude(valid_until_date__lt=today)
    row = (
        Clinic.objects.filter(pk=by.clinic_id)
        .annotate(working=_count(hours, "clinician"), **{name: _count(rows) for name, rows in counted.items()})
        .values(*(field.name for field in fields(States)))
        .get()
    )
    return States(**row | {"changes": row["changes"] + len(zone_changes(by, now=now))})


def _count(rows: QuerySet[Model], what: str = "pk") -> Coalesce:
    counted = rows.filter(clinic_id=OuterRef("pk")).order_by().values("clinic_id")
    return Coalesce(
        Subquery(counted.annotate(number=Count(what, distinct=True)).values("number"), output_field=IntegerField()), 0
    )
