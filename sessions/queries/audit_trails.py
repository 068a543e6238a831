"""The clinic's audit trail as an auditor asks it: whose record, who, when, which kind of record, which act."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from django.db.models import Q
from django.db.models.base import Model
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.actors import Actor
from accounts.changes import CHANGES, Entry, entries_of, models_by_table, names_of
from accounts.choices import ExportKind
from accounts.models import Membership
from audit.models import AuditCheck, AuditEvent, AuditSeal
from audit.models.audit_events import AuditEventQuerySet
from common.local_words import day_words, local_day_words
from common.wall_clock import day_bounds
from patients.models import Patient
from patients.queries.survivors import records_of, survivors_of
from sessions.models import InjectionPoint

PAGE_SIZE = 50
CSV_ROWS = 20_000
Kind = AuditEvent.Kind
VIEWS = (Kind.VIEW, Kind.EXPORT)
SIGN_INS = (Kind.SIGN_IN, Kind.SIGN_IN_FAILED, Kind.LOCKED_OUT, Kind.SIGN_OUT)
FACTORS = (
    Kind.PASSWORD_RESET,
    Kind.PASSWORD_CHANGED,
    Kind.FACTOR_ADDED,
    Kind.FACTOR_REMOVED,
    Kind.FACTORS_RESET,
    Kind.RECOVERY_MADE,
    Kind.RECOVERY_USED,
)
KINDS: dict[str, tuple[str, ...]] = {
    "changes": tuple(CHANGES),
    "views": (Kind.VIEW,),
    "exports": (Kind.EXPORT,),
    "sign_ins": SIGN_INS,
    "factors": FACTORS,
}
# As the library calls them → as people do.
_WAYS = {
    "password": gettext_lazy("password"),
    "totp": gettext_lazy("authenticator app"),
    "webauthn": gettext_lazy("passkey"),
    "recovery_codes": gettext_lazy("recovery code"),
    "mfa": gettext_lazy("second step"),
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What of the trail; what is left empty is everything. ``person_id`` is a user's, whoever acted."""

    patient_id: UUID | None = None
    person_id: UUID | None = None
    first_day: date | None = None
    last_day: date | None = None
    table: str = ""
    act: str = ""
    before: datetime | None = None
    before_id: UUID | None = None  # given with ``before``


@dataclass(frozen=True)
class Told:
    """One act, or one look at a list: ``entries`` are more than one then, each about another patient."""

    entries: tuple[Entry, ...]
    patients: tuple[tuple[UUID, str], ...]
    subject: str

    @property
    def entry(self) -> Entry:
        return self.entries[0]

    @property
    def how(self) -> str:
        """How somebody signed in, or which factor."""
        told = str((self.entry.line.event.changes or {}).get("how", "")) if self._is_told else ""
        return ", ".join(str(_WAYS.get(one, one)) for one in told.split(", ")) if told else ""

    @property
    def rows(self) -> int:
        """How many rows left with an export."""
        return int((self.entry.line.event.changes or {}).get("rows", 0)) if self._is_told else 0

    @property
    def export(self) -> str:
        """What left the clinic: "Day sheet of 4 Mar 2026: 26 patients". Empty for anything else."""
        event = self.entry.line.event
        if event.kind != Kind.EXPORT:
            return ""
        told = event.changes or {}
        name = self.entry.line.record_name
        if told.get("what") in ExportKind.values:
            name = _name_of_export(ExportKind(told["what"]), str(told.get("of", "")))
        elif name:
            name = name[0].upper() + name[1:]
        return f"{name}: {self._how_many()}"

    def _how_many(self) -> str:
        people, rows = len(self.patients), self.rows
        if people > 1 or people == rows:
            return ngettext("%(n)d patient", "%(n)d patients", people) % {"n": people}
        return ngettext("%(n)d row", "%(n)d rows", rows) % {"n": rows}

    @property
    def is_silent(self) -> bool:
        """A change of what the system keeps for itself: checksums, counters, who sends a message right now."""
        return self.entry.line.event.kind == Kind.UPDATE and not self.entry.changes

    @property
    def is_listed(self) -> bool:
        """Seen as a line of a list, not opened."""
        return self._is_told and "listed" in (self.entry.line.event.changes or {})

    @property
    def _is_told(self) -> bool:
        return self.entry.line.event.kind not in CHANGES


def _name_of_export(kind: ExportKind, of: str) -> str:
    is_of_day = kind in (ExportKind.DAY_SHEET, ExportKind.DAY_ON_PAPER)
    return str(kind.label) % {"of": day_words(date.fromisoformat(of)) if is_of_day else of}


@dataclass(frozen=True)
class Page:
    """``older`` is the event the next page begins after, None on the last one."""

    told: list[Told]
    older: AuditEvent | None


@dataclass(frozen=True)
class Chain:
    """How far the trail is sealed, and what the last proof of the chain found."""

    sealed_at: datetime | None
    check: AuditCheck | None


def trail_page(actor: Actor, asked: Asked) -> Page:
    """The newest events that were asked for, or those older than the event (``before``, ``before_id``).

    Queries: the events, who acted, the patients, and one for each kind of thing that is called by its name.
    """
    rows = list(_events(actor, asked)[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    return Page(tell(actor, shown), shown[-1] if len(rows) > PAGE_SIZE else None)


def all_of_trail(actor: Actor, asked: Asked) -> tuple[list[Told], bool]:
    """What was asked for as a table, a line for each event; and whether older ones than ``CSV_ROWS`` were left out."""
    events = list(_events(actor, asked)[: CSV_ROWS + 1])
    return tell(actor, events[:CSV_ROWS], together=False), len(events) > CSV_ROWS


def chain(actor: Actor) -> Chain:
    """Two queries."""
    last = AuditSeal.objects.filter(clinic_id=actor.clinic_id).order_by("-number").first()
    told = Q(is_whole=True) | Q(problem_count__gt=0)  # a break is told before the rest of the chain was read
    check = AuditCheck.objects.filter(told, clinic_id=actor.clinic_id).order_by("-checked_at").first()
    return Chain(last.sealed_at if last else None, check)


def tell(actor: Actor, events: list[AuditEvent], *, together: bool = True) -> list[Told]:
    """The events in words; what one look at a list left for each patient on it is told once (``together``)."""
    entries = entries_of(actor, events, named=(Model,), begins_at=_survivors(actor, events))
    names = _names(actor, events)
    if not together:
        return [_told((entry,), names) for entry in entries]
    return [_told(own, names) for own in _looks(entries)]


def _survivors(actor: Actor, events: list[AuditEvent]) -> list[UUID]:
    """The records that stand now for the patients whose rows were made."""
    whose = {event.patient_id for event in events if event.kind == Kind.INSERT and event.patient_id is not None}
    merged = Patient.objects.visible_to(actor).filter(pk__in=whose, merged_into__isnull=False) if whose else ()
    return [one.pk for one in survivors_of(actor, merged).values()]


def _events(actor: Actor, asked: Asked) -> AuditEventQuerySet:
    given: dict[str, object] = {
        "actor": asked.person_id and f"user:{asked.person_id}",
        "at__gte": asked.first_day and day_bounds(asked.first_day, actor.zone)[0],
        "at__lt": asked.last_day and day_bounds(asked.last_day, actor.zone)[1],
        "table_name": asked.table,
        "kind__in": KINDS.get(asked.act),
        "at__lte": asked.before,
    }
    events = AuditEvent.objects.in_clinic(actor.clinic_id).newest_first()
    events = events.filter(**{name: value for name, value in given.items() if value})
    if asked.patient_id:
        events = events.about_patients(records_of(actor, asked.patient_id))
    if asked.before:
        events = events.filter(Q(at__lt=asked.before) | Q(at=asked.before, id__lt=asked.before_id))
    return events


def _looks(entries: list[Entry]) -> Iterator[tuple[Entry, ...]]:
    def look(entry: Entry) -> tuple[str, ...]:
        event = entry.line.event
        is_list = event.kind in VIEWS and event.patient_id and event.row_id is None and event.request_id
        own = event.request_id if is_list else str(event.pk)
        return own, event.kind, event.table_name, event.actor

    for _look, own in groupby(entries, key=look):
        yield tuple(own)


def _told(entries: tuple[Entry, ...], names: dict[str, str]) -> Told:
    events = [entry.line.event for entry in entries]
    patients = tuple(
        (event.patient_id, names.get(str(event.patient_id), "")) for event in events if event.patient_id is not None
    )
    has_name = not patients or events[0].table_name == InjectionPoint._meta.db_table
    subject = names.get(str(events[0].row_id), "") if has_name else ""
    return Told(entries, tuple(sorted(patients, key=lambda one: one[1])), subject)


def _names(actor: Actor, events: list[AuditEvent]) -> dict[str, str]:
    """Of the patients, and of the rows that belong to none: a member, a room, a product."""
    wanted: dict[type[Model], set[str]] = {}
    known = models_by_table()
    for event in events:
        if event.patient_id is not None:
            wanted.setdefault(Patient, set()).add(str(event.patient_id))
        elif event.row_id is not None and (model := known.get(event.table_name)) is not None:
            wanted.setdefault(model, set()).add(str(event.row_id))
    return names_of(actor, wanted) | _points(actor, events)


def _points(actor: Actor, events: list[AuditEvent]) -> dict[str, str]:
    """Where each point lies and in which session: what its number alone does not tell. No query without points."""
    ids = [str(event.row_id) for event in events if event.table_name == InjectionPoint._meta.db_table]
    if not ids:
        return {}
    rows = InjectionPoint.objects.filter(clinic_id=actor.clinic_id, pk__in=ids)
    words = _("%(nerve)s, %(side)s, session of %(day)s")
    return {
        str(row.pk): words
        % {
            "nerve": row.nerve.name,
            "side": row.get_side_display(),
            "day": local_day_words(row.injection_session.started_at, get_current_timezone()),
        }
        for row in rows.select_related("nerve", "injection_session")
    }


def members_of(actor: Actor) -> list[tuple[UUID, str]]:
    """Everybody who works here or did."""
    rows = Membership.objects.visible_to(actor).order_by("user__full_name", "id")
    return list(rows.values_list("user_id", "user__full_name"))
