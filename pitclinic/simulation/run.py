"""The simulation from the clinic to its last batch: bounded memory, one transaction for each batch."""

import math
import resource
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from accounts.models import Clinic
from common.tenancy import tenant
from pitclinic.simulation import words
from pitclinic.simulation.calendar_grid import SLOTS, Grid
from pitclinic.simulation.places import place_at
from pitclinic.simulation.reference import Reference, load_reference
from pitclinic.simulation.reviews import raise_reviews
from pitclinic.simulation.set_up import ClinicPlan, Staffed, clinic_id, create_clinic, set_up
from pitclinic.simulation.stock import count_lots
from pitclinic.simulation.story import Storyteller
from pitclinic.simulation.tables import Tables, tables_of
from pitclinic.simulation.writing import Ids, Row, Table

ACTOR = "command:simulate"
BATCH_PATIENTS = 1_000
# Above this size the whole is not one transaction, and what is old is told with fewer details.
LARGE = 5_000
DETAIL_DAYS = 365
PATIENTS_PER_CLINICIAN = 75
MOST_CLINICIANS = 40
SLOTS_PER_PATIENT = 8.0
FILL = 0.85
WORKING_DAYS_A_MONTH = 21.6
DAYS_A_MONTH = 30.44
DAYS_AHEAD = 100
GROWTH = 0.6

Progress = Callable[[int, int, int], None]


class ClinicExistsError(Exception):
    """There is already a clinic made from this word."""


@dataclass(frozen=True)
class Report:
    """What was written and what it took."""

    clinic: Clinic
    patients: int
    sessions: int
    pain_scores: int
    rows: int
    seconds: float
    peak_rss_mb: float
    months: int

    @property
    def rows_per_second(self) -> float:
        return self.rows / self.seconds if self.seconds else 0.0


def clinicians_for(patients: int) -> int:
    return min(max(round(patients / PATIENTS_PER_CLINICIAN), 2), MOST_CLINICIANS)


def months_for(patients: int, months: int) -> int:
    """The months asked for, or as many more as the visits need to fit without overlapping."""
    a_month = clinicians_for(patients) * SLOTS * WORKING_DAYS_A_MONTH * FILL
    return max(months, math.ceil(patients * SLOTS_PER_PATIENT / a_month))


def simulate(
    *, patients: int, seed: int, months: int, word: str, name: str, now: datetime, progress: Progress | None = None
) -> Report:
    """Write one synthetic clinic. A small one is all or nothing; a large one is committed batch by batch.

    Raises :class:`ClinicExistsError` when the clinic is there, and changes nothing then.
    """
    began = time.perf_counter()
    if Clinic.objects.filter(pk=clinic_id(word)).exists():
        raise ClinicExistsError(f"There is already a clinic “{word}”; nothing was changed.")
    months = months_for(patients, months)
    first = now.astimezone(ZoneInfo(place_at(now).zone)).date() - timedelta(days=round(months * DAYS_A_MONTH))
    plan = ClinicPlan(
        word=word, name=name, patients=patients, seed=seed, first=first, now=now, clinicians=clinicians_for(patients)
    )
    with _whole(is_small=patients <= LARGE):
        run = _Run.begin(plan)
        run.write(progress)
    tables = run.tables
    return Report(
        clinic=run.clinic,
        patients=patients,
        sessions=tables.sessions.total,
        pain_scores=tables.pain_scores.total,
        rows=tables.total,
        seconds=time.perf_counter() - began,
        peak_rss_mb=peak_rss_mb(),
        months=months,
    )


@contextmanager
def _whole(*, is_small: bool) -> Iterator[None]:
    if is_small:
        with transaction.atomic():
            yield
    else:
        yield


def peak_rss_mb() -> float:
    """The most memory this process has held, in MB (Linux counts kilobytes, macOS bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


@dataclass(frozen=True)
class _Batch:
    """The rows of some patients, and which of their sessions become signed or void when all are in."""

    rows: list[tuple[Table, list[Row]]]
    to_sign: list[str]
    to_void: list[str]

    def send(self) -> None:
        """Write everything, inside the clinic's transaction at hand."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        for table, rows in self.rows:
            table.send(rows)
        _sign(self.to_sign + self.to_void)
        _void(self.to_void)


@dataclass
class _Run:
    plan: ClinicPlan
    clinic: Clinic
    staffed: Staffed
    reference: Reference
    grid: Grid
    tables: Tables
    ids: Ids

    @classmethod
    def begin(cls, plan: ClinicPlan) -> "_Run":
        """The clinic and its own rows, in a transaction of their own."""
        reference = load_reference()
        with transaction.atomic():
            clinic = create_clinic(plan)
            with tenant(clinic.pk, actor=ACTOR):
                staffed = set_up(clinic, plan)
        zone = ZoneInfo(clinic.zone)
        today = plan.now.astimezone(zone).date()
        plan = replace(plan, now=plan.now.astimezone(zone))
        grid = Grid(
            first=plan.first,
            days=(today - plan.first).days + DAYS_AHEAD,
            clinicians=plan.clinicians,
            zone=zone,
            today=today,
        )
        ids = Ids(seed=f"{plan.seed}:{plan.word}", milliseconds=grid.midnights[0] * 1000)
        return cls(plan, clinic, staffed, reference, grid, tables_of(str(clinic.pk)), ids)

    def write(self, progress: Progress | None) -> None:
        """Write the patients in batches; each is whole, signed and committed before the next begins.

        While the database takes one batch, a thread that touches no database makes up the next.
        """
        total = self.plan.patients
        spans = [(start, min(start + BATCH_PATIENTS, total)) for start in range(0, total, BATCH_PATIENTS)]
        with ThreadPoolExecutor(max_workers=1) as ahead:
            coming = ahead.submit(self._tell, *spans[0])
            for number, (_start, end) in enumerate(spans, start=1):
                batch = coming.result()
                if number < len(spans):
                    coming = ahead.submit(self._tell, *spans[number])
                with tenant(self.clinic.pk, actor=ACTOR):
                    batch.send()
                if progress is not None:
                    progress(end, total, self.tables.total)
        with tenant(self.clinic.pk, actor=ACTOR):
            raise_reviews(self.clinic, self.ids)
            count_lots(self.clinic, now=self.plan.now, today=self.plan.now.date())

    def _tell(self, start: int, end: int) -> "_Batch":
        plan, now = self.plan, int(self.plan.now.timestamp())
        is_large = plan.patients > LARGE
        teller = Storyteller(
            rng=Random(f"{plan.seed}:{plan.word}:{start}"),
            ids=self.ids,
            tables=self.tables,
            staffed=self.staffed,
            reference=self.reference,
            grid=self.grid,
            now=now,
            details_since=now - DETAIL_DAYS * 86_400 if is_large else 0,
        )
        for number in range(start, end):
            teller.tell(number=number, start_day=self._start_day(number))
        if end == plan.patients:
            teller.fill_calendar()
            teller.report_harm()
        teller.visits.flush()
        return _Batch(self.tables.take(), teller.room.to_sign, teller.room.to_void)

    def _start_day(self, number: int) -> int:
        """The n-th patient's first day: later patients start later; a small clinic grows towards today."""
        place = (number + 0.5) / self.plan.patients
        if self.plan.patients <= LARGE:
            place = place**GROWTH
        return 14 + int(place * (self.grid.today - 14 + 8))


def _sign(sessions: list[str]) -> None:
    """Sign drafts; the database makes the hash of what stands in the tables."""
    if sessions:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE pit_sessions_injectionsession SET status = 'signed', version = version + 1,"
                " signed_at = started_at + interval '24 minutes', signed_by_id = clinician_id,"
                " ended_at = started_at + interval '24 minutes',"
                " consent_id = (SELECT c.id FROM pit_sessions_consent c"
                "  WHERE c.clinic_id = pit_sessions_injectionsession.clinic_id"
                "   AND c.course_id = pit_sessions_injectionsession.course_id"
                "   AND c.given_at <= pit_sessions_injectionsession.started_at + interval '8 minutes'"
                "  ORDER BY c.given_at DESC LIMIT 1),"
                " first_injected_at = (SELECT least(started_at + interval '8 minutes', cycles_injected_at[1])"
                "  WHERE EXISTS (SELECT FROM pit_sessions_injectionpoint p WHERE p.injection_session_id ="
                "   pit_sessions_injectionsession.id))"
                " WHERE id = ANY(%s::uuid[]) AND status = 'draft'",
                [sessions],
            )


def _void(sessions: list[str]) -> None:
    if sessions:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE pit_sessions_injectionsession SET status = 'voided', version = version + 1,"
                " voided_at = signed_at + interval '1 hour', voided_by_id = clinician_id, void_reason = %s"
                " WHERE id = ANY(%s::uuid[])",
                [words.VOID_REASON, sessions],
            )
