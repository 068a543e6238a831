"""Pictures on their pages: added, shown, looked at, refused kindly, removed and struck out."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Clinic
from audit.models import AuditEvent
from common.tenancy import tenant
from scheduling.choices import VisitStatus
from sessions.models import InjectionSession, Picture
from sessions.services import injection_sessions
from tests.factories.accounts import MembershipFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import sign
from tests.factories.treatments import actor_of
from tests.sessions.picture_files import NOW, a_jpeg


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
    assert counts == [19, 19]


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
