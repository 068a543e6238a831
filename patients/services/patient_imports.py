"""A file of patients on its way in: taken, read against the register, its good rows written and the rest given back."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import IO, Any
from uuid import UUID, uuid4

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, machine
from accounts.models import Clinic
from common.tenancy import tenant
from patients.importing import csv_rows, fhir_bundle
from patients.importing.habits import Habits
from patients.importing.people import FileRefusedError, Person, Problem
from patients.models import ImportProgress, PatientImport
from patients.services.import_files import delete, files, letters_said
from patients.services.import_progress import Progress
from patients.services.import_returning import forget, keep
from patients.services.import_undoing import take_back, this_transaction
from patients.services.import_writing import Writer

BATCH = 1_000
ERRORS_KEPT = 1_000
STALE_AFTER = timedelta(minutes=2)
KEPT_FOR = timedelta(hours=24)
State, Kind = PatientImport.State, PatientImport.Kind
OPEN_STATES = (State.UPLOADED, State.CHECKED)


class LostClaimError(Exception):
    """Another worker took the job over; undoes the transaction."""


def ask_to_check(*, by: Actor, job: PatientImport, column_map: dict[str, object] | None = None) -> bool:
    """Queue the dry run; False when the job is past that."""
    rows = PatientImport.objects.visible_to(by).filter(pk=job.pk, state__in=OPEN_STATES)
    return bool(rows.update(state=State.QUEUED, is_dry_run=True, column_map=column_map or {}, errors=[], error_count=0))


def ask_to_apply(*, by: Actor, job: PatientImport) -> bool:
    """Queue the real run; only a job whose dry run found somebody who can go in goes through."""
    own = PatientImport.objects.visible_to(by)
    checked = own.filter(pk=job.pk, state=State.CHECKED).first()
    if checked is None or not checked.good_rows:
        return False
    return bool(own.filter(pk=job.pk, state=State.CHECKED).update(state=State.QUEUED, is_dry_run=False))


def discard(*, by: Actor, now: datetime, job: PatientImport) -> bool:
    """Give up on a file that nobody is working on."""
    rows = PatientImport.objects.visible_to(by).filter(pk=job.pk, state__in=OPEN_STATES)
    said = {"errors": [asdict(Problem(0, "", _("Discarded.")))], "error_count": 1}
    if not rows.update(state=State.FAILED, ended_at=now, returned_key="", returned_rows=0, **said):
        return False
    transaction.on_commit(lambda: delete([job.file_key, job.returned_key]))
    return True


def waiting(by: Actor, *, now: datetime) -> list[UUID]:
    """Jobs nobody works on: queued ones, and running ones whose worker has gone silent."""
    silent = PatientImport.objects.visible_to(by).filter(state=State.RUNNING, started_at__lt=now - STALE_AFTER)
    alive = ImportProgress.objects.visible_to(by).filter(alive_at__gte=now - STALE_AFTER)
    silent = silent.exclude(pk__in=alive.values("patient_import_id"))
    queued = PatientImport.objects.visible_to(by).filter(state=State.QUEUED)
    return list((queued | silent).order_by("created_at").values_list("pk", flat=True))


def expire(*, by: Actor, now: datetime) -> None:
    """Forget files nobody came back to within a day, and what came back within a week."""
    old = PatientImport.objects.visible_to(by).filter(state__in=OPEN_STATES, created_at__lt=now - KEPT_FOR)
    for job in old:
        discard(by=by, now=now, job=job)
    forget(by, now=now)


def run(*, clinic: Clinic, job_id: UUID, clock: Callable[[], datetime]) -> None:
    """Do one queued job, outside any transaction of the caller. A job that somebody else does is left alone.

    The register changes in one transaction that also ends the job, so a worker that dies leaves nothing, and one that
    was only slow cannot end a job that another took over. Progress is written beside it.
    """
    by = machine(clinic, "task:patients.import")
    with tenant(clinic.pk, actor=by.audit_name):
        job = _claim(by, job_id, now=clock())
    if job is None:
        return
    if job.is_taking_back:
        _take_back(by, job, clock)
        return
    try:
        with closing(files().open(job.file_key)) as file, Progress(by, job.pk, clock) as progress:
            _read_and_write(by, job, file, progress, clock)
    except LostClaimError:
        return
    except (OperationalError, InterfaceError):
        raise  # the database is away: the sweep finds the job again
    except Exception as error:
        _end(by, job, State.FAILED, {}, [Problem(0, "", _reason(error))], now=clock())
        if not isinstance(error, _EXPECTED):
            raise
    _delete_what_is_over(by, job)


_EXPECTED = (FileRefusedError, IntegrityError, FileNotFoundError)


def _reason(error: Exception) -> str:
    """A sentence for the screen that repeats nothing of the file."""
    if isinstance(error, FileRefusedError):
        return str(error)
    if isinstance(error, IntegrityError):
        return _("The register changed while the file was read. Upload the file again.")
    if isinstance(error, FileNotFoundError):
        return _("The file is gone. Upload it again.")
    return _("Something went wrong on our side. Nothing was imported.")


def _claim(by: Actor, job_id: UUID, *, now: datetime) -> PatientImport | None:
    """Take the job if nobody alive has it."""
    own = PatientImport.objects.visible_to(by).select_for_update(skip_locked=True)
    job = own.filter(pk=job_id, state__in=(State.QUEUED, State.RUNNING)).first()
    if job is None or job_id not in waiting(by, now=now):
        return None
    job.state, job.claim, job.started_at = State.RUNNING, uuid4(), now
    job.save(update_fields=["state", "claim", "started_at"])
    ImportProgress.objects.update_or_create(
        clinic=by.clinic, patient_import=job, defaults={"rows_done": 0, "rows_total": 0, "alive_at": now}
    )
    return job


def _read_and_write(
    by: Actor, job: PatientImport, file: IO[bytes], progress: Progress, clock: Callable[[], datetime]
) -> None:
    """The whole file in one transaction, which also ends the job. What is wrong with a row leaves the others alone."""
    now = clock()
    writer = Writer(by=by, now=now, is_dry_run=job.is_dry_run, import_id=job.pk)
    problems: list[Problem] = []
    ignored: Counter[str] = Counter()
    progress.total = _rows_in(file, b"\n" if job.kind == Kind.CSV else b'"resourceType"')
    with tenant(by.clinic_id, actor=by.audit_name):
        for people in _batches(_people(by, job, file, progress, problems, ignored, now)):
            writer.take(people)
        if not job.is_dry_run:
            writer.finish()
        state = State.CHECKED if job.is_dry_run else State.DONE
        progress.stop()
        found = problems + writer.problems
        returned = keep(by, job, file, found)
        try:
            made_in = None if job.is_dry_run else this_transaction()
            _end(by, job, state, _counts(writer, ignored), found, now=clock(), returned=returned, made_in=made_in)
        except BaseException:
            delete([returned[0]])
            raise


def _take_back(by: Actor, job: PatientImport, clock: Callable[[], datetime]) -> None:
    """In one transaction; when it cannot be done the import stands as it stood."""
    rows = PatientImport.objects.visible_to(by).filter(pk=job.pk, claim=job.claim, state=State.RUNNING)
    try:
        with tenant(by.clinic_id, actor=by.audit_name):
            said = asdict(take_back(job))
            if not rows.update(state=State.TAKEN_BACK, taken_back=said, taken_back_at=clock(), is_taking_back=False):
                raise LostClaimError
    except LostClaimError:
        return
    except (OperationalError, InterfaceError):
        raise  # the database is away: the sweep finds the job again
    except Exception:
        with tenant(by.clinic_id, actor=by.audit_name):
            rows.update(state=State.DONE, is_taking_back=False)
        raise


def _counts(writer: Writer, ignored: Counter[str]) -> dict[str, Any]:
    return {**writer.counts, **writer.rows_to_look_at(), "ignored": dict(sorted(ignored.items()))}


def _people(
    by: Actor,
    job: PatientImport,
    file: IO[bytes],
    progress: Progress,
    problems: list[Problem],
    ignored: Counter[str],
    now: datetime,
) -> Iterator[Person]:
    habits = _habits(by, job, today=now.astimezone(by.zone).date())
    if job.kind == Kind.FHIR:
        bundle, people = fhir_bundle.read(file, habits, progress.at)
        problems += bundle.problems
        ignored.update(bundle.ignored)
        yield from people
        return
    rows = csv_rows.read(file, job.column_map.get("columns") or {}, habits, letters_said(job))
    for number, found in enumerate(rows, start=1):
        progress.at(number)
        if isinstance(found, Person):
            yield found
        else:
            problems += found


def _habits(by: Actor, job: PatientImport, *, today: date) -> Habits:
    clinic = by.clinic
    return Habits(
        zone=clinic.zone,
        language=clinic.locale.split("-")[0],
        region=clinic.country,
        is_month_first=bool(job.column_map.get("is_month_first")),
        today=today,
        are_years_short=bool(job.column_map.get("are_years_short")),
    )


def _batches(people: Iterator[Person]) -> Iterator[list[Person]]:
    while batch := list(itertools.islice(people, BATCH)):
        yield batch


def _rows_in(file: IO[bytes], mark: bytes) -> int:
    """About how many rows there are; only the progress bar asks."""
    file.seek(0)
    return sum(chunk.count(mark) for chunk in iter(lambda: file.read(1_048_576), b""))


def _end(
    by: Actor,
    job: PatientImport,
    state: str,
    counts: dict[str, Any],
    problems: list[Problem],
    *,
    now: datetime,
    returned: tuple[str, int] = ("", 0),
    made_in: int | None = None,
) -> None:
    """Write down how it went, if the job is still ours; what a former run gave back is forgotten."""
    ordered = sorted(problems, key=lambda problem: problem.row)
    with tenant(by.clinic_id, actor=by.audit_name):
        rows = PatientImport.objects.visible_to(by).filter(pk=job.pk, claim=job.claim, state=State.RUNNING)
        ended = rows.update(
            state=state,
            ended_at=now,
            counts=counts,
            errors=[asdict(problem) for problem in ordered[:ERRORS_KEPT]],
            error_count=len(ordered),
            returned_key=returned[0],
            returned_rows=returned[1],
            made_in=made_in,
        )
        if not ended:
            raise LostClaimError


def _delete_what_is_over(by: Actor, job: PatientImport) -> None:
    """The file, unless somebody may still choose other columns; and what the run before this one gave back."""
    with tenant(by.clinic_id, actor=by.audit_name):
        now = PatientImport.objects.visible_to(by).get(pk=job.pk)
    delete([job.returned_key if job.returned_key != now.returned_key else ""])
    if now.state not in OPEN_STATES:
        delete([now.file_key])
