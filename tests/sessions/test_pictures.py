"""Pictures of a session: private, consented to, part of what is signed, struck out and never lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.choices import Role
from accounts.models import Clinic
from audit.models import AuditEvent
from common.tenancy import tenant
from scheduling.choices import VisitStatus
from sessions.models import InjectionSession, Picture, PictureConsent, PictureContent
from sessions.pictures import re_encode
from sessions.policies.injection_sessions import SessionRefusedError, VersionConflictError
from sessions.queries.pictures import broken_pictures, digest, pictures_of
from sessions.queries.signatures import broken_signatures
from sessions.services import injection_sessions
from sessions.services import pictures as service
from tests.factories.accounts import MembershipFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import sign, void
from tests.factories.treatments import a_draft, actor_of

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)


def a_jpeg(colour: str = "red", size: tuple[int, int] = (60, 40)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


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


def keep(session: InjectionSession, colour: str = "red", **changes: Any) -> Picture:
    fields = {"kind": "ultrasound", "side": "left", "caption": "Seen", "now": NOW + timedelta(minutes=1)}
    kept = re_encode(a_jpeg(colour))
    return service.add(injection_session=session, kept=kept, by=actor_of(session.clinician), **{**fields, **changes})


def consent(session: InjectionSession) -> PictureConsent:
    return service.give_consent(
        patient_id=session.patient_id,
        signed_name="Aroha",
        signed_as="patient",
        by=actor_of(session.clinician),
        now=NOW,
    )


def signed(session: InjectionSession) -> InjectionSession:
    session.refresh_from_db()
    sign(session, signed_at=NOW + timedelta(hours=1))
    session.refresh_from_db()
    return session


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
    picture = keep(inside)
    assert broken_pictures(inside.clinic_id) == []
    as_superuser()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE pit_sessions_picturecontent SET image = image || 'x'::bytea")
        cursor.execute("SET session_replication_role = DEFAULT")
    assert broken_pictures(inside.clinic_id) == [picture.pk]
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
    assert broken_pictures(session.clinic_id) == []


# --- what the pages do ---


def upload(content: bytes, name: str = "knee.jpg", content_type: str = "image/jpeg", **changes: str) -> dict[str, Any]:
    file = SimpleUploadedFile(name, content, content_type=content_type)
    return {"kind": "ultrasound", "side": "left", "caption": "Knee", "file": file, **changes}


def add_url(session: InjectionSession) -> str:
    return reverse("sessions:add_picture", args=[session.pk])


def the_picture(clinic: Clinic) -> Picture:
    with tenant(clinic.pk, actor="test"):
        return Picture.objects.get()


@pytest.mark.parametrize("field", ["file", "camera"])
def test_a_picture_is_added_and_shown(clinic: Clinic, client: Client, draft: InjectionSession, field: str) -> None:
    sent = upload(a_jpeg())
    sent[field] = sent.pop("file")

    assert client.post(add_url(draft), sent).status_code == 302

    picture = the_picture(clinic)
    edit = client.get(reverse("sessions:edit", args=[draft.pk])).content.decode()
    assert f'hx-get="{reverse("sessions:pictures", args=[draft.pk])}"' in edit
    for page in ("sessions:pictures", "sessions:sign"):
        shown = client.get(reverse(page, args=[draft.pk])).content.decode()
        assert reverse("sessions:picture_thumbnail", args=[picture.pk]) in shown, page
    assert "Knee" in client.get(reverse("sessions:picture", args=[picture.pk])).content.decode()


def test_the_page_asks_as_often_for_three_pictures_as_for_one(client: Client, draft: InjectionSession) -> None:
    counts = []
    for more in (1, 2):
        for _each in range(more):
            client.post(add_url(draft), upload(a_jpeg()))
        client.get(reverse("sessions:pictures", args=[draft.pk]))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(reverse("sessions:pictures", args=[draft.pk]))
        counts.append(len(asked))
    assert counts == [18, 18]


def test_a_part_of_a_page_gets_the_part_alone(client: Client, draft: InjectionSession) -> None:
    answer = client.post(add_url(draft), upload(a_jpeg()), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.content.decode().lstrip().startswith('<section class="part pictures"')


@pytest.mark.parametrize("which", ["picture_image", "picture_thumbnail"])
def test_the_bytes_are_a_private_file_and_every_look_is_recorded(
    clinic: Clinic, client: Client, draft: InjectionSession, which: str
) -> None:
    client.post(add_url(draft), upload(a_jpeg(), name="../../evil.jpg"))
    picture = the_picture(clinic)

    answer = client.get(reverse(f"sessions:{which}", args=[picture.pk]))

    assert answer.content.startswith(b"\xff\xd8\xff")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="ultrasound-{picture.pk}.jpg"'
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in answer.headers["Cache-Control"]
    with tenant(clinic.pk, actor="test"):
        looks = AuditEvent.objects.filter(table_name="pit_sessions_picture", kind="view", row_id=picture.pk)
        assert [look.patient_id for look in looks] == [draft.patient_id]


@pytest.mark.parametrize("url", ["picture", "picture_image", "picture_thumbnail"])
def test_another_clinics_picture_is_not_found(
    clinic: Clinic,
    other_clinic: Clinic,
    client: Client,
    draft: InjectionSession,
    staff_client: Callable[..., Client],
    url: str,
) -> None:
    client.post(add_url(draft), upload(a_jpeg()))
    stranger = staff_client(Role.CLINICIAN, clinic=other_clinic)
    assert stranger.get(reverse(f"sessions:{url}", args=[the_picture(clinic).pk])).status_code == 404


def test_the_desk_does_not_see_pictures(
    clinic: Clinic, client: Client, draft: InjectionSession, staff_client: Callable[..., Client]
) -> None:
    client.post(add_url(draft), upload(a_jpeg()))
    desk = staff_client(Role.FRONT_DESK, clinic=clinic)
    assert desk.get(reverse("sessions:picture_image", args=[the_picture(clinic).pk])).status_code == 403


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
REFUSED = {
    "an SVG": (SVG, "a.svg", "image/svg+xml"),
    "an SVG called a JPEG": (SVG, "a.jpg", "image/jpeg"),
    "a page called a PNG": (b"<!doctype html><script>alert(1)</script>", "a.png", "image/png"),
    "a page with two endings": (b"<script>alert(1)</script>", "a.html.jpg", "image/jpeg"),
    "a cut picture": (a_jpeg(size=(300, 300))[:-40], "a.jpg", "image/jpeg"),
    "an empty file": (b"", "a.jpg", "image/jpeg"),
    "more than ten megabytes": (a_jpeg() + b"\0" * (10 * 1024 * 1024), "a.jpg", "image/jpeg"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_kindly(clinic: Clinic, client: Client, draft: InjectionSession, name: str) -> None:
    content, file_name, content_type = REFUSED[name]
    answer = client.post(add_url(draft), upload(content, file_name, content_type))
    assert answer.status_code == 422
    assert "The picture was not kept" in answer.content.decode()
    assert "Knee" in answer.content.decode()
    with tenant(clinic.pk, actor="test"):
        assert not Picture.objects.exists()


def test_a_flood_is_refused_while_it_arrives(client: Client, draft: InjectionSession) -> None:
    answer = client.post(add_url(draft), upload(b"\0" * (12 * 1024 * 1024)))
    assert answer.status_code == 413


def test_a_picture_that_is_also_a_page_leaves_only_the_picture(
    clinic: Clinic, client: Client, draft: InjectionSession
) -> None:
    client.post(add_url(draft), upload(a_jpeg() + b"<script>alert(1)</script>", "a.html", "text/html"))
    answer = client.get(reverse("sessions:picture_image", args=[the_picture(clinic).pk]))
    assert b"<script" not in answer.content
    assert answer.headers["Content-Type"] == "image/jpeg"


def test_a_photograph_is_asked_for_the_consent_and_kept_after_it(
    clinic: Clinic, client: Client, draft: InjectionSession
) -> None:
    refused = client.post(add_url(draft), upload(a_jpeg(), kind="photo"))
    assert refused.status_code == 422
    assert "consent to photographs first" in refused.content.decode()

    client.post(
        reverse("sessions:give_picture_consent", args=[draft.pk]), {"signed_name": "Aroha", "signed_as": "patient"}
    )
    client.post(add_url(draft), upload(a_jpeg(), kind="photo"))
    picture = the_picture(clinic)
    assert picture.consent_id is not None
    client.post(reverse("sessions:withdraw_picture_consent", args=[picture.consent_id]))
    assert client.post(add_url(draft), upload(a_jpeg(), kind="photo")).status_code == 422


def test_who_added_it_and_for_whom_come_from_the_sign_in_and_the_address(
    clinic: Clinic, client: Client, draft: InjectionSession
) -> None:
    with tenant(clinic.pk, actor="test"):
        other = MembershipFactory(clinic=clinic)
    forged = {"added_by": str(other.pk), "injection_session": "x", "sha256": "0" * 64, "is_part_of_draft": ""}
    client.post(add_url(draft), upload(a_jpeg(), **forged))
    picture = the_picture(clinic)
    assert (picture.added_by_id, picture.injection_session_id) == (client.member.pk, draft.pk)
    assert picture.is_part_of_draft


def test_a_picture_is_removed_from_a_draft_and_struck_out_of_a_record(
    clinic: Clinic, client: Client, draft: InjectionSession
) -> None:
    for _each in range(2):
        client.post(add_url(draft), upload(a_jpeg()))
    with tenant(clinic.pk, actor="test"):
        first, second = Picture.objects.all()
    client.post(reverse("sessions:remove_picture", args=[first.pk]))
    with tenant(clinic.pk, actor="test"):
        assert Picture.objects.get() == second
        session = InjectionSession.objects.get()
        sign(session, signed_at=timezone.now())
    page = reverse("sessions:picture", args=[second.pk])
    assert "Strike this picture out" in client.get(page).content.decode()
    client.post(reverse("sessions:remove_picture", args=[second.pk]))
    client.post(reverse("sessions:strike_picture", args=[second.pk]), {"reason": "Another patient"})

    assert "Another patient" in client.get(page).content.decode()
    record = client.get(reverse("sessions:view", args=[draft.pk])).content.decode()
    assert "struck out" in record
    assert client.get(reverse("sessions:picture_image", args=[second.pk])).status_code == 200
