"""The clinic's logo: uploaded, shown, refused kindly, removed; one a clinic, and its own."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.choices import Role
from accounts.models import Clinic, ClinicLogo
from accounts.queries import logo_of
from audit.models import AuditEvent
from common.tenancy import tenant

PAGE = reverse("accounts:logo")


@pytest.fixture
def admin(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINIC_ADMIN, clinic=clinic)


def a_picture(form: str = "PNG", size: tuple[int, int] = (1800, 600), **options: Any) -> bytes:
    out = BytesIO()
    Image.new("RGBA" if form == "PNG" else "RGB", size, "red").save(out, form, **options)
    return out.getvalue()


def send(client: Client, content: bytes) -> Any:
    return client.post(PAGE, {"file": SimpleUploadedFile("logo.png", content)})


def kept(clinic: Clinic) -> bytes:
    with tenant(clinic.pk, actor="test"):
        return logo_of(clinic.pk)


def test_a_logo_is_written_anew_small_and_without_what_it_told(clinic: Clinic, admin: Client) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Sentinelmaker"
    for form in ("JPEG", "PNG"):
        assert send(admin, a_picture(form, exif=exif.tobytes()) + b"Sentineltail").status_code == 302
        image = kept(clinic)
        assert b"Sentinel" not in image
        with Image.open(BytesIO(image)) as opened:
            assert (opened.format, opened.size, dict(opened.getexif())) == ("PNG", (900, 300), {})
    page = admin.get(PAGE).content.decode()
    assert reverse("accounts:logo_image") in page
    assert admin.member.user.full_name in page
    answer = admin.get(reverse("accounts:logo_image"))
    assert (answer.content, answer.headers["Content-Type"]) == (image, "image/png")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    with tenant(clinic.pk, actor="test"):
        told = list(AuditEvent.objects.filter(table_name="accounts_cliniclogo"))
    assert len(told) == 2
    assert not any("image" in (event.changes or {}) for event in told)

    admin.post(reverse("accounts:remove_logo"))

    assert kept(clinic) == b""
    assert admin.get(reverse("accounts:logo_image")).status_code == 404
    assert "There is no logo." in admin.post(reverse("accounts:remove_logo"), follow=True).content.decode()


def test_what_is_no_picture_is_refused_kindly(clinic: Clinic, admin: Client) -> None:
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    moving = BytesIO()
    frames[0].save(moving, "PNG", save_all=True, append_images=frames[1:])
    refused = {
        b"": "no JPEG or PNG picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>": "no JPEG or PNG picture",
        a_picture(size=(40, 40))[:-40]: "no JPEG or PNG picture",
        a_picture("JPEG", (8000, 8000)): "too many pixels",
        moving.getvalue(): "The picture moves.",
        a_picture(size=(4, 4)) + b"\0" * (2 * 1024 * 1024): "larger than",
    }
    for content, words in refused.items():
        answer = send(admin, content)
        assert (answer.status_code, words in answer.content.decode()) == (422, True), words
    assert "Choose a picture file." in admin.post(PAGE, {}).content.decode()
    assert kept(clinic) == b""


def test_it_is_one_a_clinic_and_no_other_clinics(
    clinic: Clinic, other_clinic: Clinic, admin: Client, staff_client: Callable[..., Client]
) -> None:
    send(admin, a_picture(size=(20, 10)))
    with tenant(clinic.pk, actor="test"):
        for size in ((20, 10), (0, 10)):
            row = {"image": b"x", "sha256": "0" * 64, "set_at": timezone.now(), "set_by": admin.member}
            with pytest.raises(DatabaseError), transaction.atomic():
                ClinicLogo.objects.create(clinic=clinic, width=size[0], height=size[1], **row)
    stranger = staff_client(Role.CLINIC_ADMIN, clinic=other_clinic)
    assert stranger.get(reverse("accounts:logo_image")).status_code == 404
    stranger.post(reverse("accounts:remove_logo"))
    assert kept(clinic) != b""
