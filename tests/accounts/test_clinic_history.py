"""Who changed the clinic's own details: written by the database, read by the admin."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from audit.models import AuditEvent
from common.tenancy import tenant
from tests.staff import StaffClient

URL = reverse("accounts:clinic_history")


def test_each_change_of_the_details_stands_in_the_history_with_who_made_it(
    clinic: Clinic, staff_client: Callable[..., StaffClient]
) -> None:
    admin = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    assert "Nothing was changed yet" in admin.get(URL).content.decode()
    details: dict[str, Any] = {
        "name": clinic.name,
        "sender_name": "Your appointment",
        "country": "PT",
        "address": "Rua 1",
    }
    details |= {"zone": "Europe/Lisbon", "locale": "en", "languages": ["en", "pt"]}
    details["zone_seen"] = details["zone"]
    numbers = {"phone": "+493012345678", "urgent_phone": "+493012345679", "emergency_number": "112"}

    assert admin.post(reverse("accounts:settings"), details | numbers).status_code == 302
    page = admin.get(URL)

    (entry,) = page.context["entries"]
    changed = {change.field: (change.before, change.after) for change in entry.changes}
    assert changed["time zone"] == ("Europe/Berlin", "Europe/Lisbon")
    assert changed["country"] == ("Germany", "Portugal")
    assert changed["languages spoken here"] == ("English, German", "English, Portuguese")
    assert entry.line.actor_name == admin.member.user.full_name
    assert "Europe/Lisbon" in page.content.decode()


def test_a_change_from_outside_stands_in_this_clinics_trail_and_in_no_others(
    clinic: Clinic, other_clinic: Clinic
) -> None:
    with tenant(other_clinic.pk, actor="test"):
        Clinic.objects.filter(pk=clinic.pk).update(zone="Asia/Kolkata")
        assert not AuditEvent.objects.filter(table_name="accounts_clinic").exists()
    with tenant(clinic.pk):
        (event,) = AuditEvent.objects.filter(table_name="accounts_clinic")
    assert (event.row_id, event.changes["zone"][1]) == (clinic.pk, "Asia/Kolkata")
