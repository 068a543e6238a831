"""What is signed is a document: it outlives the tables it was made from, and whatever is changed behind it is found."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from sessions.choices import Breakage
from sessions.document import READERS, UnknownVersionError, read
from sessions.models import InjectionSession, SignedDocument
from sessions.queries.signatures import broken_signatures, problem_of
from sessions.queries.signed_documents import preview, signed_content
from tests.sessions.sealed import FILE, SEALED, SESSION, a_full_record, dump, kept_record, put_back, rows

pytestmark = pytest.mark.django_db
CLINIC = UUID(kept_record()["accounts_clinic"][0]["id"]) if FILE.exists() else UUID(int=0)
DOCUMENTS = Path(settings.BASE_DIR) / "sessions/sql/signed_documents.sql"


@contextmanager
def superuser() -> Iterator[Any]:
    """Past every trigger, as whoever holds the database."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("SET session_replication_role = replica")
        yield cursor
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("SET ROLE pit_app")


@pytest.fixture
def kept() -> Iterator[UUID]:
    """The record of the file, as version 1 signed it, with its clinic in context."""
    with transaction.atomic():
        with superuser():
            session_id = put_back(kept_record())
        with tenant(CLINIC, actor="test"):
            yield session_id


@pytest.mark.skipif("MAKE_SIGNED_RECORD" not in os.environ, reason="it is made once a version")
def test_the_record_is_made(in_clinic: Clinic, as_superuser: Callable[[], None]) -> None:
    session = a_full_record(in_clinic)
    as_superuser()
    FILE.write_text(json.dumps(dump(session.pk), indent=1, sort_keys=True) + "\n", encoding="utf-8")


def test_a_record_with_something_everywhere_is_whole_and_says_every_key_of_version_1(in_clinic: Clinic) -> None:
    """A key of the builder that the kept record does not have was added since: make the record anew, or a version 2."""
    session = a_full_record(in_clinic)
    content = SignedDocument.objects.get(injection_session=session).content

    assert (session.content_version, problem_of(in_clinic.pk, session.pk)) == (1, None)
    assert paths(json.loads(content)) == paths(json.loads(kept_record()["pit_sessions_signeddocument"][0]["content"]))


def paths(value: Any, at: str = "") -> set[str]:
    if isinstance(value, dict):
        return {path for key, one in value.items() for path in paths(one, f"{at}.{key}")} | {at}
    if isinstance(value, list):
        return {path for one in value for path in paths(one, f"{at}[]")} | {at}
    return {at}


def builder(old: str, new: str) -> str:
    """The file of the builders, following a change of the tables."""
    text = DOCUMENTS.read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new)


# A change of the tables, and how the builder follows where it has to.
MIGRATIONS: dict[str, tuple[str, tuple[str, str] | None]] = {
    "a NOT NULL column on the session": (f"ALTER TABLE {SESSION} ADD is_new boolean NOT NULL DEFAULT false", None),
    "a NOT NULL column on the points": (
        "ALTER TABLE pit_sessions_injectionpoint ADD colour text NOT NULL DEFAULT 'x'",
        None,
    ),
    "the note has another name": (f"ALTER TABLE {SESSION} RENAME note TO visit_note", ("s.note", "s.visit_note")),
    "volumes with three decimals": ("ALTER TABLE pit_sessions_injectionpoint ALTER volume_ml TYPE numeric(7, 3)", None),
    "mixtures with three decimals": (
        "ALTER TABLE pit_sessions_preparationpart ALTER volume_ml TYPE numeric(9, 3);"
        "ALTER TABLE pit_sessions_preparation ALTER measured_ph TYPE numeric(6, 4)",
        None,
    ),
    "scores with a half": ("ALTER TABLE pit_sessions_painscore ALTER score TYPE numeric(4, 1)", None),
    "a needle in tenths": (f"ALTER TABLE {SESSION} ALTER needle_length_mm TYPE numeric(5, 1)", None),
    "words without a limit": (
        "ALTER TABLE pit_sessions_ruleoverride ALTER reason TYPE text, ALTER sentence TYPE text;"
        "ALTER TABLE pit_sessions_screeninganswer ALTER detail TYPE text, ALTER detail DROP NOT NULL",
        None,
    ),
    "bookkeeping that goes": (f"ALTER TABLE {SESSION} DROP saved_page, DROP saved_number", None),
    "a point's cycle counts from one": (
        "ALTER TABLE pit_sessions_injectionpoint DROP CONSTRAINT sessions_point_cycle;"
        "UPDATE pit_sessions_injectionpoint SET cycle = 1 WHERE cycle IS NULL",
        ("sessions_number(p.cycle)", "sessions_number(nullif(p.cycle, 1))"),
    ),
    "times without fractions": ("ALTER TABLE pit_sessions_consent ALTER given_at TYPE timestamptz(0)", None),
    "a table has another name": (
        "ALTER TABLE pit_sessions_timeout RENAME TO pit_sessions_pause",
        ("pit_sessions_timeout", "pit_sessions_pause"),
    ),
}
# What may rightly change later: a name, a number that was mistyped, the clinic's clock.
LATER = (
    "UPDATE patients_patient SET family_name = 'Newname'",
    "UPDATE accounts_user SET full_name = 'Married Name'",
    "UPDATE accounts_clinic SET zone = 'Pacific/Auckland', name = 'Other', phone = '+4930901821'",
    "UPDATE pit_sessions_solutionlot SET lot_number = lot_number || '-A', expiry_date = expiry_date + 30",
    "UPDATE pit_sessions_product SET name = 'Renamed'",
    "UPDATE patients_patientcondition SET name = 'Another word', side = 'right'",
    "UPDATE catalogue_nerve SET name = name || ' (new)'; UPDATE catalogue_solution SET name = name || ' (new)'",
    "UPDATE catalogue_screeningitem SET question = 'Asked otherwise?', is_concern_when_no = NOT is_concern_when_no",
    "UPDATE pit_sessions_preparation SET discarded_at = now(), discarded_by_id = made_by_id",
    "UPDATE pit_sessions_consent SET withdrawn_at = now(), withdrawn_by_id = taken_by_id, withdrawal_reason = 'x'",
    "UPDATE patients_identifier SET value = 'C-18'",
    f"UPDATE {SESSION} SET status = 'voided', voided_at = now(), voided_by_id = signed_by_id, void_reason = 'x',"
    " version = version + 1",
)


def test_a_signature_outlives_changes_of_the_tables(kept: UUID, figure: Callable[[str, float], None]) -> None:
    said = read(SignedDocument.objects.get().content)
    broken = []
    changes = [(name, sql, follows) for name, (sql, follows) in MIGRATIONS.items()]
    for name, change, follows in [*changes, *((sql, sql, None) for sql in LATER)]:
        with transaction.atomic():
            with superuser() as cursor:
                cursor.execute(change)
                if follows:
                    cursor.execute(builder(*follows))
            if problem_of(CLINIC, kept) or read(SignedDocument.objects.get().content) != said:
                broken.append(name)
            transaction.set_rollback(True)

    figure("signed_after_migrations_broken", len(broken))
    assert (broken, problem_of(CLINIC, kept)) == ([], None)


# Columns of the sealed rows that are no part of what was signed: later acts, which have their own authors and times in
# the audit trail; which open page saved a draft; the row of the document itself.
NOT_SIGNED = {
    SESSION: {"status", "voided_at", "voided_by_id", "void_reason", "saved_page", "saved_number"}
    | {"handed_to_id", "void_needs_co_signature"},
    "pit_sessions_preparation": {"discarded_at", "discarded_by_id"},
    "pit_sessions_picture": {"struck_at", "struck_by_id", "strike_reason"},
    "pit_sessions_consent": {"withdrawn_at", "withdrawn_by_id", "withdrawal_reason"},
    "pit_sessions_signeddocument": {"id", "created_at"},
}
TEXTS = ["{0} || 'x'", "'f' || substr({0}, 2)", "'x'"]
NUMBERS = ["{0} + 1", "2"]
OTHERWISE = {
    "uuid": ["'00000000-0000-7000-8000-000000000001'"],
    "boolean": ["NOT coalesce({0}, false)"],
    "date": ["{0} + 1"],
    "timestamp with time zone": ["{0} + interval '1 second'", "'2026-03-02 09:07+00'"],
    "jsonb": ["""'[["side", "Right"]]'"""],
    "ARRAY": ["{0}[1:1]", "NULL", "array_append({0}, '2026-03-02 09:20+00')", "array_append({0}, 'x')"],
    "smallint": NUMBERS,
    "integer": NUMBERS,
    "numeric": NUMBERS,
    "text": TEXTS,
    "character varying": TEXTS,
}


def test_every_value_of_every_sealed_row_and_the_hash_are_guarded(
    kept: UUID, figure: Callable[[str, float], None]
) -> None:
    """The superuser takes every constraint away before."""
    tried, missed, refused = 0, [], set()
    let_in_anything()
    for table, where in SEALED.items():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s", [table]
            )
            columns = cursor.fetchall()
        with superuser():
            ids = [row["id"] for row in rows(table, where, kept)]
        assert ids, table
        for pk in ids:
            for column, kind in columns:
                if column in NOT_SIGNED.get(table, ()):
                    continue
                found = tampered(table, pk, column, kind)
                tried += found is not None
                refused |= {f"{table}.{column}"} if found is None else set()
                missed += [f"{table}.{column} {pk}"] if found is False else []

    figure("tampered_tried", tried)
    figure("tampered_found", tried - len(missed))
    assert (missed, refused) == ([], set())
    assert tried > 200
    assert broken_signatures(CLINIC) == []


def let_in_anything() -> None:
    with superuser() as cursor:
        for table in SEALED:
            cursor.execute(
                "SELECT format('ALTER TABLE %%I DROP CONSTRAINT %%I CASCADE', %s, conname) FROM pg_constraint"
                " WHERE conrelid = %s::regclass AND contype IN ('c', 'u', 'x') UNION ALL"
                " SELECT 'DROP INDEX ' || i.indexrelid::regclass FROM pg_index i WHERE i.indrelid = %s::regclass"
                " AND i.indisunique AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
                [table, table, table],
            )
            for (statement,) in cursor.fetchall():
                cursor.execute(statement)


def tampered(table: str, pk: str, column: str, kind: str) -> bool | None:
    """Whether another value is found; None where none was let in."""
    for value in OTHERWISE[kind]:
        with transaction.atomic():
            try:
                with transaction.atomic(), superuser() as cursor:
                    cursor.execute(
                        f"UPDATE {table} SET {column} = {value.format(column)} WHERE id = %s"
                        f" AND {column} IS DISTINCT FROM {value.format(column)} RETURNING id",
                        [pk],
                    )
                    is_changed = cursor.rowcount == 1
            except DatabaseError:
                is_changed = False
            found = broken_signatures(CLINIC) != [] if is_changed else None
            transaction.set_rollback(True)
        if found is not None:
            return found
    return None


def test_a_note_changed_together_with_document_and_hash_is_found_by_the_audit_event(kept: UUID) -> None:
    with superuser() as cursor:
        cursor.execute(f"UPDATE {SESSION} SET note = 'Nothing happened.'")
        cursor.execute(
            f"UPDATE pit_sessions_signeddocument SET content = (SELECT sessions_document_v1(s)::text FROM {SESSION} s)"
        )
        cursor.execute(
            f"UPDATE {SESSION} SET content_sha256 ="
            " (SELECT sessions_document_sha256(d.content) FROM pit_sessions_signeddocument d)"
        )
    assert problem_of(CLINIC, kept) == Breakage.TRAIL


def test_a_record_that_was_taken_away_and_a_signature_that_was_are_found(kept: UUID) -> None:
    for tampering in (
        f"DELETE FROM {SESSION}",
        f"DELETE FROM {SESSION}; DELETE FROM pit_sessions_signeddocument",
        f"UPDATE {SESSION} SET status = 'draft', signed_at = NULL, signed_by_id = NULL, content_sha256 = '',"
        " content_version = NULL",
    ):
        with transaction.atomic():
            with superuser() as cursor:
                cursor.execute(tampering)
            assert broken_signatures(CLINIC) == [kept], tampering
            transaction.set_rollback(True)


def test_a_version_that_nobody_knows_is_said_and_is_no_tampering(
    kept: UUID, staff_client: Callable[..., Client]
) -> None:
    """Signed by a newer program, read by this one: whole, as far as can be said."""
    content = json.dumps({**json.loads(SignedDocument.objects.get().content), "version": "9"})
    with superuser() as cursor:
        cursor.execute("UPDATE pit_sessions_signeddocument SET content = %s", [content])
        cursor.execute(
            f"UPDATE {SESSION} SET content_version = 9, content_sha256 = sessions_document_sha256(%s)", [content]
        )
        cursor.execute(
            "UPDATE audit_auditevent SET changes = jsonb_set(changes, '{content_sha256,1}',"
            " to_jsonb(sessions_document_sha256(%s)))",
            [content],
        )
    assert problem_of(CLINIC, kept) == Breakage.VERSION
    with pytest.raises(UnknownVersionError):
        read(content)
    client = staff_client(Role.CLINICIAN, clinic=Clinic.objects.get(pk=CLINIC))
    assert (
        "signed in a newer version of the program" in client.get(reverse("sessions:view", args=[kept])).content.decode()
    )
    answer = client.post(reverse("sessions:make_note", args=[kept]), follow=True)
    assert "Update the program to make a paper of it." in answer.content.decode()


def test_the_record_page_says_what_was_signed_whatever_is_called_otherwise_since(
    kept: UUID, staff_client: Callable[..., Client]
) -> None:
    client = staff_client(Role.CLINICIAN, clinic=Clinic.objects.get(pk=CLINIC))
    record = reverse("sessions:view", args=[kept])
    before = client.get(record).content.decode()
    with superuser() as cursor:
        for change in LATER[:8]:
            cursor.execute(change)

    page = client.get(record).content.decode()

    for words in (
        "LOT-4711",
        "Infrapatellar branch of saphenous",
        "2 Mar 2026 10:30:00",
        "Europe/Berlin",
        "A little dizzy",
    ):
        assert words in before, words
        assert words in page, words
    assert "LOT-4711-A" not in page
    assert "(new)" not in page
    assert "is not valid" not in page


def test_every_version_of_the_document_has_a_reader_and_a_kept_record(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sessions_document_version()")
        (newest,) = cursor.fetchone()
    assert list(READERS) == [str(number) for number in range(1, newest + 1)]
    assert all(FILE.with_name(f"signed_record_v{number}.json").exists() for number in READERS)


def test_the_document_says_what_was_done_in_words_numbers_and_local_time(kept: UUID) -> None:
    said = read(SignedDocument.objects.get().content)
    first, second = said.points
    assert (first.nerve.code, first.side, str(first.volume_ml), first.place and first.place.figure) == (
        "N054",
        "left",
        "0.5",
        "knee-front-v1",
    )
    assert first.preparation is not None
    assert (first.preparation.code, [part.lot.number for part in first.preparation.parts]) == (
        "0203-1",
        [first.lot.number if first.lot else ""],
    )
    assert (second.lot and second.lot.number, second.lot and str(second.lot.use_by)) == ("LOT-4711", "2030-01-31")
    assert (said.patient.given_names, said.patient.numbers) == ("Aroha", (("clinic", "C-17"),))
    assert said.signature is not None
    assert (str(said.signature.signed.at), str(said.signature.signed.local)) == (
        "2026-03-02 09:30:00+00:00",
        "2026-03-02 10:30:00",
    )
    assert said.totals.volume_ml == 1
    assert [row.question for row in said.screening if row.is_yes] == ["Any allergy to what we use?"]
    assert said.time_outs[0].said == (("patient", "Aroha Example"), ("side", "Left, Right"))


def test_a_draft_is_shown_by_the_builder_that_signs_it(in_clinic: Clinic) -> None:
    session = a_full_record(in_clinic)
    assert json.loads(preview(session)) == json.loads(signed_content(session) or "")
    assert InjectionSession.objects.get().content_version == 1
