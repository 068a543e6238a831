"""The files of imports: taken in, looked at, deleted."""

import hashlib
import secrets
import tempfile
from collections.abc import Iterable
from contextlib import closing
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Clinic
from patients.importing.columns import ColumnMap, guess, guess_month_first
from patients.importing.files import check_beginning, is_workbook, letters_of
from patients.importing.people import FileRefusedError
from patients.importing.tables import Preview, preview
from patients.importing.values import looks_month_first, reads_either_way
from patients.importing.workbooks import write_csv
from patients.models import PatientImport

Kind = PatientImport.Kind


def files() -> Storage:
    """Where uploads and what came back of them wait, under random names, out of the web's reach."""
    return storages["imports"]


def new_name(by: Actor) -> str:
    return f"{by.clinic_id}/{secrets.token_hex(16)}"


def delete(keys: Iterable[str]) -> None:
    for key in filter(None, keys):
        files().delete(key)


def kind_of(file: IO[bytes]) -> Kind:
    """A table, or FHIR as JSON."""
    file.seek(0)
    return Kind.FHIR if file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[") else Kind.CSV


def take_file(*, by: Actor, kind: str, file_name: str, file: IO[bytes]) -> PatientImport:
    """Keep an upload until it is read; of a workbook its table. Raises ``ValidationError`` when it is too large, empty,
    an archive or a workbook that cannot be read."""
    file.seek(0)
    start = file.read(16)
    sha256 = _checksum(file)
    with tempfile.TemporaryFile() as table:
        try:
            check_beginning(start)
            if is_workbook(start):
                write_csv(file, table)
        except FileRefusedError as error:
            raise ValidationError({"file": str(error)}) from error
        kept = table if is_workbook(start) else file
        kept.seek(0)
        key = files().save(new_name(by), File(kept))
    try:
        with transaction.atomic():
            return PatientImport.objects.create(
                clinic=by.clinic,
                kind=kind,
                file_name=file_name[:200],
                file_key=key,
                file_sha256=sha256,
                uploaded_by_id=by.membership_id,
            )
    except DatabaseError:
        files().delete(key)
        raise


def _checksum(file: IO[bytes]) -> str:
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(1_048_576):
        size += len(chunk)
        if size > settings.IMPORT_MAX_BYTES:
            limit = settings.IMPORT_MAX_BYTES // 1_048_576
            raise ValidationError({"file": _("The file is larger than %(n)s MB. Split it.") % {"n": limit}})
        digest.update(chunk)
    return digest.hexdigest()


def look_at(job: PatientImport) -> Preview:
    """The header and first rows of a table. Raises ``FileRefusedError``."""
    with closing(files().open(job.file_key)) as file:
        return preview(file, letters_said(job))


def letters_guessed(job: PatientImport) -> str:
    """Python's name of the letters of a table."""
    with closing(files().open(job.file_key)) as file:
        return letters_of(file)


def letters_said(job: PatientImport) -> str:
    """What somebody chose; empty where nobody had to."""
    return str(job.column_map.get("letters") or "")


def is_order_guessed(shown: Preview, columns: ColumnMap) -> bool:
    """Whether dates read either way and none of the first rows tells which."""
    at = columns.get("birth_date")
    days = [row[at] for row in shown.rows if at is not None and at < len(row)]
    return looks_month_first(days) is None and any(map(reads_either_way, days))


def guess_map(clinic: Clinic, shown: Preview) -> tuple[ColumnMap, bool]:
    """The columns as their headings say, and whether the month comes first in dates."""
    columns = guess(shown.header)
    at = columns.get("birth_date")
    days = [row[at] for row in shown.rows if at is not None and at < len(row)]
    return columns, guess_month_first(days, clinic_writes_month_first=clinic.is_month_first)
