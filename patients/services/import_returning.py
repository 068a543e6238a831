"""The rows of a file that came back: each as it was written, behind what is wrong with it.

Corrected, the same file can be brought again: its headings are the ones it had.
"""

import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import IO, Any

from django.core.files import File
from django.utils.translation import gettext as _

from accounts.actors import Actor
from common.csv_export import BYTE_ORDER_MARK, csv_text
from patients.importing.columns import Target
from patients.importing.fhir_json import Unread, entries
from patients.importing.people import Problem
from patients.importing.tables import open_table
from patients.models import PatientImport
from patients.services.import_files import delete, files, letters_said, new_name

KEPT_FOR = timedelta(days=7)
_LABELS = dict(Target.choices)


def keep(by: Actor, job: PatientImport, file: IO[bytes], problems: Sequence[Problem]) -> tuple[str, int]:
    """Write the rows with problems down; their file's key, or nothing where none came back, and how many rows."""
    reasons: defaultdict[int, list[str]] = defaultdict(list)
    for problem in problems:
        if problem.row:
            reasons[problem.row].append(_sentence(job, problem))
    if not reasons:
        return "", 0
    told = {row: " ".join(dict.fromkeys(said)) for row, said in reasons.items()}
    header, rows = _of_table(job, file, told) if job.kind == PatientImport.Kind.CSV else _of_resources(file, told)
    text = BYTE_ORDER_MARK + csv_text([_("What is wrong"), _("Row"), *header], rows, country=by.clinic.country)
    return files().save(new_name(by), File(io.BytesIO(text.encode("utf-8", "replace")))), len(told)


def _sentence(job: PatientImport, problem: Problem) -> str:
    if job.kind == PatientImport.Kind.CSV and problem.field in _LABELS:
        return f"{_LABELS[problem.field]}: {problem.reason}"
    return problem.reason


def _of_table(
    job: PatientImport, file: IO[bytes], told: dict[int, str]
) -> tuple[Sequence[str], Iterator[Sequence[object]]]:
    table = open_table(file, letters_said(job))
    rows = ([told[row.number], row.number, *row.cells] for row in table.rows if row.number in told)
    return table.header, rows


def _of_resources(file: IO[bytes], told: dict[int, str]) -> tuple[Sequence[str], Iterator[Sequence[object]]]:
    rows = (
        [told[row], row, *_described(None if isinstance(entry, Unread) else entry.get("resource"))]
        for row, entry in entries(file)
        if row in told
    )
    return (_("Kind"), _("Id"), _("What it says"), _("Date of birth")), rows


def _described(resource: Any) -> tuple[str, str, str, str]:
    """Enough to find it in the system it comes from."""
    said = resource if isinstance(resource, dict) else {}
    words = [*_words(said.get("name")), *_words(said.get("code"))]
    return (
        str(said.get("resourceType") or "")[:60],
        str(said.get("id") or "")[:120],
        " ".join(words)[:300],
        str(said.get("birthDate") or "")[:40],
    )


def _words(said: Any) -> Iterator[str]:
    """The texts of a name or of a coded idea, whatever its shape."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, list):
        for one in said:
            yield from _words(one)
    elif isinstance(said, dict):
        for key in ("text", "given", "family", "display", "coding"):
            yield from _words(said.get(key))


def forget(by: Actor, *, now: datetime) -> None:
    """Delete what nobody fetched within a week."""
    old = PatientImport.objects.visible_to(by).filter(ended_at__lt=now - KEPT_FOR).exclude(returned_key="")
    for job in old:
        PatientImport.objects.visible_to(by).filter(pk=job.pk).update(returned_key="")
        delete([job.returned_key])
