"""Two records side by side: what differs, what each has, and what merging them would meet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.permissions import Act
from common.phones import shown
from common.spoken_languages import language_name
from patients.models import MovedRow, Patient, PatientMerge
from patients.queries.banners import PatientBanner, banners
from patients.queries.profiles import Contact, contacts_of
from patients.records import DETAIL_FIELDS

# What everybody of the clinic may count; the rest tells of treatment.
_OPEN_COUNTS: dict[str, str | Promise] = {
    "scheduling.Appointment": _("Visits"),
    "pit_sessions.InjectionSession": _("Sessions"),
    "reminders.Message": _("Messages"),
}
_CHART_COUNTS: dict[str, str | Promise] = {
    "pit_sessions.Course": _("Courses"),
    "pit_sessions.SideEffect": _("Side effects"),
    "pit_sessions.Consent": _("Consents"),
    "patients.PatientCondition": _("Conditions"),
}


@dataclass(frozen=True)
class Line:
    """One detail of both, in words; ``name`` is its field."""

    name: str
    label: str
    values: tuple[str, str]

    @property
    def is_same(self) -> bool:
        return self.values[0] == self.values[1]


@dataclass(frozen=True)
class Comparison:
    patients: tuple[Patient, Patient]
    banners: tuple[PatientBanner, PatientBanner]
    lines: list[Line]
    contacts: tuple[list[Contact], list[Contact]]
    counts: list[tuple[str | Promise, int, int]]


def comparison(actor: Actor, one: Patient, other: Patient, *, today: date) -> Comparison:
    """Everything the page shows. Clinical counts only for who may open a chart."""
    shown = banners(actor, [one.pk, other.pk], today=today)
    return Comparison(
        patients=(one, other),
        banners=(shown[one.pk], shown[other.pk]),
        lines=[_line(name, one, other) for name in DETAIL_FIELDS],
        contacts=(contacts_of(actor, one.pk), contacts_of(actor, other.pk)),
        counts=_counts(actor, one.pk, other.pk),
    )


def _line(name: str, one: Patient, other: Patient) -> Line:
    field = Patient._meta.get_field(name)
    return Line(name, str(getattr(field, "verbose_name", name)), (_words(one, name), _words(other, name)))


def _words(patient: Patient, name: str) -> str:
    value = getattr(patient, name)
    if name == "birth_date":
        return date_format(value, "j M Y")
    if name.endswith("_phone"):
        return shown(value)
    if name == "sex":
        return str(patient.get_sex_display())
    return language_name(value) if name == "language" else str(value)


def _counts(actor: Actor, one: UUID, other: UUID) -> list[tuple[str | Promise, int, int]]:
    """One query. The models of the apps above are asked for by name: this app may not know them."""
    wanted = _OPEN_COUNTS | (_CHART_COUNTS if actor.may(Act.SEE_CHART) else {})
    tables = [(label, apps.get_model(label)._meta.db_table) for label in wanted]
    counted = " UNION ALL ".join(
        f"SELECT '{label}', count(*) FILTER (WHERE t.patient_id = %(one)s), count(*) FROM {table} t"  # noqa: S608 - names of our own tables
        " WHERE t.clinic_id = %(clinic)s AND t.patient_id IN (%(one)s, %(other)s)"
        for label, table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(counted, {"one": one, "other": other, "clinic": actor.clinic_id})
        return [(wanted[label], first, total - first) for label, first, total in cursor.fetchall()]


def overlapping_visits(actor: Actor, one: UUID, other: UUID) -> list[datetime]:
    """When both have a visit, or a time kept for one, the first three; what was doubled on purpose aside."""
    claims = apps.get_model("scheduling", "Claim")._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT greatest(a.starts_at, b.starts_at) FROM {claims} a JOIN {claims} b"  # noqa: S608 - our own table
            " ON b.starts_at < a.ends_at AND b.ends_at > a.starts_at AND NOT b.is_doubled"
            " WHERE a.clinic_id = %s AND b.clinic_id = a.clinic_id AND a.resource_id = %s AND b.resource_id = %s"
            " AND NOT a.is_doubled ORDER BY 1 LIMIT 3",
            [actor.clinic_id, one, other],
        )
        return [starts_at for (starts_at,) in cursor.fetchall()]


def merges_of(actor: Actor, patient_id: UUID) -> list[PatientMerge]:
    """The merges into this record, the newest first, those taken back too."""
    rows = PatientMerge.objects.visible_to(actor).filter(survivor_id=patient_id)
    return list(rows.select_related("merged", "survivor", "made_by__user", "reversed_by__user").order_by("-made_at"))


def moved_counts(actor: Actor, merge: PatientMerge) -> list[tuple[str, int]]:
    """What the merge moved, by kind of row; what tells of treatment is one sum for who may not open a chart."""
    rows = (
        MovedRow.objects.visible_to(actor).filter(merge=merge, is_reversal=False).exclude(column_name="merged_into_id")
    )
    tables = list(rows.values_list("table_name", flat=True))
    named: dict[str, int] = {}
    for table, label in _labels(actor, set(tables)):
        named[label] = named.get(label, 0) + tables.count(table)
    return sorted(named.items(), key=lambda item: (-item[1], item[0]))


def _labels(actor: Actor, tables: Iterable[str]) -> Iterable[tuple[str, str]]:
    known: dict[str, Any] = {model._meta.db_table: model._meta for model in apps.get_models()}
    for table in tables:
        meta = known[table]
        is_open = actor.may(Act.SEE_CHART) or meta.label in _OPEN_COUNTS or meta.app_label in ("patients", "scheduling")
        named = (_OPEN_COUNTS | _CHART_COUNTS).get(meta.label, meta.verbose_name_plural)
        yield table, str(named).lower() if is_open else str(_("clinical entries"))
