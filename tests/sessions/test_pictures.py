"""Pictures of a session: private, consented to, part of what is signed, struck out and never lost."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Clinic
from audit.models import AuditEvent
from common.tenancy import tenant
from scheduling.choices import VisitStatus
from sessions.choices import Proven
from sessions.models import InjectionSession, Picture, PictureConsent, PictureContent
from sessions.policies.injection_sessions import SessionRefusedError, VersionConflictError
from sessions.queries.pictures import digest, pictures_of
from sessions.queries.signatures import broken_signatures, walk
from sessions.services import injection_sessions
from sessions.services import pictures as service
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import void
from tests.factories.treatments import a_draft, actor_of
from tests.sessions.picture_files import NOW, a_jpeg, consent, keep, signed


@pytest.fixture
def client(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINICIAN, clinic=clinic)


@pytest.fixture
def draft(clinic: Clinic, client: Client) -> InjectionSession:
    with tenant(clinic.pk, actor="test"):
        visit = AppointmentFactory(
            clinic=clinic, clinician=client.member, status=VisitStatus.ARRIVED, starts_at=timezone.now()
        )
        return injection_sessions.start(appointment=visit, by=actor_of(client.member), now=NOW)


@pytest.fixture
def inside(clinic: Clinic, draft: InjectionSession) -> Any:
    """The rest of the test acts inside the clinic's context."""
    with tenant(clinic.pk, actor="test"):
        yield draft


# --- what the services do ---


def test_an_ultrasound_still_is_kept_with_its_hash(inside: InjectionSession) -> None:
    picture = keep(inside)
    content = PictureContent.objects.get()
    assert picture.sha256 == sha256(bytes(content.image)).hexdigest()
    assert (picture.width, picture.height, picture.consent) == (60, 40, None)


def test_a_photograph_needs_a_consent_of_its_own(inside: InjectionSession) -> None:
    with pytest.raises(SessionRefusedError, match="consent to photographs"):
        keep(inside, kind="photo")
    assert keep(inside, kind="photo", caption=str(consent(inside).pk)).consent is not None


def test_after_the_consent_is_taken_back_no_photograph_is_added(inside: InjectionSession) -> None:
    given = consent(inside)
    earlier = keep(inside, kind="photo")
    service.withdraw_consent(consent=given, by=actor_of(inside.clinician), now=NOW + timedelta(minutes=2))
    with pytest.raises(SessionRefusedError):
        keep(inside, kind="photo", now=NOW + timedelta(minutes=3))
    assert list(Picture.objects.all()) == [earlier]


def test_a_consent_that_stands_is_not_taken_twice(inside: InjectionSession) -> None:
    assert consent(inside) == consent(inside)


def test_a_picture_of_a_draft_can_be_removed(inside: InjectionSession) -> None:
    picture = keep(inside)
    service.remove(picture=picture, by=actor_of(inside.clinician), now=NOW)
    assert not Picture.objects.exists()
    assert not PictureContent.objects.exists()


def test_the_trail_keeps_what_was_removed_but_not_its_bytes(inside: InjectionSession) -> None:
    picture = keep(inside)
    service.remove(picture=picture, by=actor_of(inside.clinician), now=NOW)
    gone = AuditEvent.objects.get(table_name="pit_sessions_picture", kind="delete")
    assert gone.changes["sha256"] == picture.sha256
    assert gone.patient_id == inside.patient_id
    assert not AuditEvent.objects.filter(table_name="pit_sessions_picturecontent").exists()


def test_a_picture_of_a_signed_session_is_struck_out_and_stays(inside: InjectionSession) -> None:
    picture = keep(inside)
    session, by = signed(inside), actor_of(inside.clinician)
    with pytest.raises(SessionRefusedError, match="Strike it out"):
        service.remove(picture=picture, by=by, now=NOW)

    service.strike(picture=picture, reason="Another patient", by=by, now=NOW + timedelta(hours=2))

    picture.refresh_from_db()
    assert (picture.strike_reason, picture.struck_by_id) == ("Another patient", inside.clinician_id)
    assert broken_signatures(session.clinic_id) == []


def test_a_picture_of_a_draft_is_removed_not_struck_out(inside: InjectionSession) -> None:
    with pytest.raises(SessionRefusedError, match="remove the picture"):
        service.strike(picture=keep(inside), reason="x", by=actor_of(inside.clinician), now=NOW)


def test_a_picture_is_struck_out_once_and_with_a_reason(inside: InjectionSession) -> None:
    picture, by = keep(inside), actor_of(inside.clinician)
    signed(inside)
    with pytest.raises(SessionRefusedError, match="needs a reason"):
        service.strike(picture=picture, reason=" ", by=by, now=NOW + timedelta(hours=2))
    service.strike(picture=picture, reason="x", by=by, now=NOW + timedelta(hours=2))
    with pytest.raises(SessionRefusedError, match="already"):
        service.strike(picture=picture, reason="y", by=by, now=NOW + timedelta(hours=2))


def test_the_signature_covers_the_pictures_of_the_draft_and_not_later_ones(
    inside: InjectionSession, as_superuser: Callable[[], None]
) -> None:
    first = keep(inside)
    signed(inside)
    later = keep(inside, "blue", now=NOW + timedelta(hours=2))
    assert Picture.objects.get(is_part_of_draft=True) == first
    assert broken_signatures(inside.clinic_id) == []
    as_superuser()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE pit_sessions_picture SET caption = 'x' WHERE id = %s", [later.pk])
        assert broken_signatures(inside.clinic_id) == []
        cursor.execute("UPDATE pit_sessions_picture SET caption = 'x' WHERE id = %s", [first.pk])
        cursor.execute("SET session_replication_role = DEFAULT")
    assert broken_signatures(inside.clinic_id) == [inside.pk]


def test_a_voided_session_takes_no_picture(inside: InjectionSession) -> None:
    void(signed(inside), voided_at=NOW + timedelta(hours=2))
    with pytest.raises(SessionRefusedError, match="voided"):
        keep(inside)


def test_a_picture_added_while_somebody_looks_it_over_is_not_signed_unseen(inside: InjectionSession) -> None:
    by, seen = actor_of(inside.clinician), digest(pictures_of(inside))
    injection_sessions.save_draft(injection_session=inside, version=1, draft=a_draft(), by=by, now=NOW)
    keep(inside)
    with pytest.raises(VersionConflictError):
        injection_sessions.sign(injection_session=inside, version=2, by=by, now=NOW, pictures_seen=seen)
    seen = digest(pictures_of(inside))
    injection_sessions.sign(injection_session=inside, version=2, by=by, now=NOW, pictures_seen=seen)


def test_bytes_changed_by_a_superuser_are_found(inside: InjectionSession, as_superuser: Callable[[], None]) -> None:
    def broken_pictures() -> list[UUID]:
        return [one.row_id for looked in walk(inside.clinic_id, Proven.PICTURE) for one in looked.found]

    picture = keep(inside)
    assert broken_pictures() == []
    as_superuser()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE pit_sessions_picturecontent SET image = image || 'x'::bytea")
        cursor.execute("SET session_replication_role = DEFAULT")
    assert broken_pictures() == [picture.pk]
    with pytest.raises(CommandError):
        call_command("verify_signatures", stdout=StringIO())


def row(session: InjectionSession, **changes: Any) -> Picture:
    fields = {
        "clinic_id": session.clinic_id,
        "injection_session": session,
        "kind": "ultrasound",
        "side": "left",
        "width": 1,
        "height": 1,
        "sha256": "0" * 64,
        "added_at": NOW,
        "added_by": session.clinician,
    }
    return Picture.objects.create(**{**fields, **changes})


STRIKE = {"struck_at": NOW, "strike_reason": "x"}
ATTACKS: dict[str, Callable[[InjectionSession, Picture], object]] = {
    "change its caption": lambda s, p: Picture.objects.filter(pk=p.pk).update(caption="x"),
    "change its side": lambda s, p: Picture.objects.filter(pk=p.pk).update(side="right"),
    "change its hash": lambda s, p: Picture.objects.filter(pk=p.pk).update(sha256="0" * 64),
    "take it out of what was signed": lambda s, p: Picture.objects.filter(pk=p.pk).update(is_part_of_draft=False),
    "delete it": lambda s, p: Picture.objects.filter(pk=p.pk).delete(),
    "delete its bytes": lambda s, p: PictureContent.objects.all().delete(),
    "change its bytes": lambda s, p: PictureContent.objects.update(image=a_jpeg("blue")),
    "change its small picture": lambda s, p: PictureContent.objects.update(thumbnail=a_jpeg("blue")),
    "truncate": lambda s, p: connection.cursor().execute("TRUNCATE pit_sessions_picture CASCADE"),
    "strike it out without a name": lambda s, p: Picture.objects.filter(pk=p.pk).update(**STRIKE),
    "strike it out and change it": lambda s, p: Picture.objects.filter(pk=p.pk).update(
        **STRIKE, struck_by=s.clinician, caption="x"
    ),
    "take a strike back": lambda s, p: [
        Picture.objects.filter(pk=p.pk).update(**STRIKE, struck_by=s.clinician),
        Picture.objects.filter(pk=p.pk).update(struck_at=None, struck_by=None, strike_reason=""),
    ],
    "keep bytes that are not its own": lambda s, p: PictureContent.objects.create(
        clinic_id=s.clinic_id, picture=row(s), image=a_jpeg(), thumbnail=a_jpeg()
    ),
    "keep a page as a picture": lambda s, p: PictureContent.objects.create(
        clinic_id=s.clinic_id,
        picture=row(s, sha256=sha256(b"<html>").hexdigest()),
        image=b"<html>",
        thumbnail=b"<html>",
    ),
    "keep a photograph without consent": lambda s, p: row(s, kind="photo"),
    "keep a photograph on another patient's consent": lambda s, p: row(
        s,
        kind="photo",
        consent=consent(
            injection_sessions.start(
                appointment=AppointmentFactory(clinic=s.clinic, clinician=s.clinician, status="arrived"),
                by=actor_of(s.clinician),
                now=NOW,
            )
        ),
    ),
    "change a consent": lambda s, p: [consent(s), PictureConsent.objects.update(signed_name="x")],
    "delete a consent": lambda s, p: consent(s).delete(),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_the_database_refuses_to(name: str, inside: InjectionSession) -> None:
    picture = keep(inside)
    session = signed(inside)
    with pytest.raises(DatabaseError), transaction.atomic():
        ATTACKS[name](session, picture)
    assert Picture.objects.get().sha256 == picture.sha256
    assert broken_signatures(session.clinic_id) == []
    assert [looked.found for looked in walk(session.clinic_id, Proven.PICTURE)] == [()]
