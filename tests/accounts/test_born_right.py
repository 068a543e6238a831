"""A clinic is born right: its country tells what a Denver clinic and one in Berlin cannot share."""

import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from tests.staff import StaffClient

DENVER = {
    "clinic": "Mile High",
    "country": "us",
    "address": ["1 Sample Street", "Denver, CO 80202"],
    "zone": "America/Denver",
    "phone": "(303) 555-0100",
    "urgent_phone": "303-555-0101",
    "email": "ada@example.org",
    "name": "Ada Admin",
    "role": Role.CLINIC_ADMIN,
}
URL = reverse("accounts:settings")


def made(**given: object) -> str:
    out = StringIO()
    call_command("add_member", stdout=out, **{**DENVER, **given})
    return out.getvalue()


def test_the_country_tells_number_order_language_and_what_a_phone_means(db: None) -> None:
    assert "United States, America/Denver, emergency number 911, language English" in made()
    clinic = Clinic.objects.get()
    assert (clinic.country, clinic.emergency_number, clinic.locale) == ("US", "911", "en")
    assert (str(clinic.phone), str(clinic.urgent_phone)) == ("+13035550100", "+13035550101")
    assert (clinic.is_month_first, clinic.languages) == (True, ["en"])
    assert clinic.address_in_a_line == "1 Sample Street, Denver, CO 80202"


def test_a_country_with_one_zone_needs_none_said_and_its_languages_are_the_clinics(db: None) -> None:
    made(
        country="CH",
        zone="",
        address=["Musterweg 1", "8000 Zürich"],
        phone="044 668 18 00",
        urgent_phone="044 668 18 01",
    )
    clinic = Clinic.objects.get()
    assert (clinic.zone, clinic.locale, clinic.languages) == ("Europe/Zurich", "de", ["de", "fr", "it"])


def test_what_is_no_country_zone_language_or_number_is_refused_with_the_list_and_makes_nothing(db: None) -> None:
    wrong: list[tuple[dict[str, object], str]] = [
        ({"country": ""}, "--country.*two letters, like DE"),
        ({"country": "XX"}, "--country.*two letters, like DE"),
        ({"country": "Germny"}, "--country.*Is it DE for Germany"),
        ({"country": "uk"}, "--country.*Is it .*GB for United Kingdom"),
        ({"country": "USA"}, "--country.*Is it .*US for United States"),
        ({"zone": ""}, "--zone.*America/Denver.*America/Los_Angeles"),
        ({"zone": "posixrules"}, "--zone.*One of America/New_York"),
        ({"zone": "Europe/Berlin"}, "United States: Europe/Berlin is not a time zone there.*with --unusual"),
        ({"language": "klingon"}, "--language: .*de, el, en"),
        ({"speaks": ["klingon"]}, "--speaks: .*de, el, en"),
        ({"emergency_number": "none"}, "--emergency-number.*two to six digits"),
        ({"emergency_number": "none at all"}, "--emergency-number"),
        ({"emergency_number": "112"}, "--emergency-number.*called at 911.*with --unusual"),
        ({"country": "RS", "zone": "", "emergency_number": ""}, "--emergency-number"),
        ({"address": []}, "--address"),
        ({"address": [" ", "\t"]}, "--address"),
        ({"phone": ""}, "--phone"),
    ]
    for given, said in wrong:
        with pytest.raises(CommandError, match=f"(?s)no clinic Mile High yet.*{said}") as refused:
            made(**given)
        assert "tick" not in str(refused.value)
        assert len(str(refused.value)) < 1200
    assert not Clinic.objects.exists()
    made(emergency_number="112", unusual=True)
    assert Clinic.objects.get().emergency_number == "112"


def test_the_database_refuses_a_clinic_that_lies_nowhere(clinic: Clinic) -> None:
    never: dict[str, list[object]] = {
        "country": ["", "de", "D1"],
        "address": ["", " \n "],
        "zone": ["", "posixrules", "localtime", "Factory", "EST5EDT"],
        "emergency_number": ["", "none", "1", "+49112"],
        "locale": ["", "Klingon!"],
        "languages": [[]],
    }
    for name, value in ((name, value) for name, values in never.items() for value in values):
        with pytest.raises(IntegrityError), transaction.atomic():
            Clinic.objects.filter(pk=clinic.pk).update(**{name: value})


@pytest.fixture
def admin(clinic: Clinic, staff_client: Callable[..., StaffClient]) -> StaffClient:
    return staff_client(Role.CLINIC_ADMIN, clinic=clinic)


def _typed(admin: StaffClient, **changes: object) -> dict[str, object]:
    form = admin.get(URL).context["form"]
    return {name: form[name].value() or "" for name in form.fields} | changes


def test_another_country_proposes_its_number_and_zone_and_changes_neither_by_itself(
    clinic: Clinic, admin: StaffClient
) -> None:
    moved = _typed(admin, country="US", phone="(303) 555-0100")

    page = admin.post(URL, moved)

    assert page.status_code == 422
    errors = page.context["form"].errors
    assert "United States: an ambulance is called at 911" in errors["emergency_number"][0]
    assert "United States: Europe/Berlin is not a time zone there" in errors["zone"][0]
    for box in ("keeps_number", "keeps_zone"):
        assert re.search(rf'<input type="checkbox" name="{box}"', page.text)
    assert "112 is right" in re.sub(r"<strong>.*?</strong>", "", page.text)
    clinic.refresh_from_db()
    assert (clinic.country, clinic.emergency_number, clinic.zone) == ("DE", "112", "Europe/Berlin")

    assert admin.post(URL, moved | {"keeps_number": "on", "keeps_zone": "on"}).status_code == 302
    clinic.refresh_from_db()
    assert (clinic.country, clinic.emergency_number, clinic.zone) == ("US", "112", "Europe/Berlin")
    assert str(clinic.phone) == "+13035550100"
    # What was kept once is not asked for again, and what is the country's own never is.
    assert admin.post(URL, _typed(admin)).status_code == 302
    own = _typed(admin, emergency_number="911", zone="America/Denver")
    assert admin.post(URL, own | {"zone_seen": "America/Denver"}).status_code == 302
    assert "keeps_" not in re.sub(r'<input type="hidden"[^>]*>', "", admin.get(URL).text)


def test_choosing_a_country_proposes_at_once_what_it_decides_and_stores_nothing(
    clinic: Clinic, admin: StaffClient
) -> None:
    says = {"US": ("911", "", "+1", "4 March 1981", "pounds"), "NZ": ("111", "", "+64", "3 April 1981", "kilograms")}
    says["AT"] = ("112", "Europe/Vienna", "+43", "3 April 1981", "kilograms")
    for country, (number, zone, *words) in says.items():
        page = admin.get(URL, {"country": country}, headers={"HX-Request": "true"})
        form = page.context["form"]
        assert (form["emergency_number"].value(), form["zone"].value()) == (number, zone), country
        for name in ("div_id_zone", "div_id_emergency_number", "country-decides"):
            assert f'id="{name}"' in page.text
            assert f"#{name}" in page.text  # what the script puts in place
        assert all(one in form.fields["country"].help_text for one in words), country
    clinic.refresh_from_db()
    assert (clinic.country, clinic.emergency_number) == ("DE", "112")
    assert admin.get(URL, {"country": "XX"}).status_code == 400


def test_the_settings_refuse_what_is_in_no_list_and_keep_the_address_clean(clinic: Clinic, admin: StaffClient) -> None:
    for name, value in (
        ("country", "XX"),
        ("zone", "posixrules"),
        ("locale", "klingon"),
        ("languages", ["klingon"]),
        ("emergency_number", "none at all"),
        ("address", " \n "),
        ("address", "x\n" * 200),
        ("address", "a\u202eb"),
    ):
        answer = admin.post(URL, _typed(admin, **{name: value}))
        assert (answer.status_code, name in answer.context["form"].errors) == (422, True), name
    assert (
        admin.post(URL, _typed(admin, address=" Musterweg  2 \r\n\r\n10115 Berlin", languages=["de"])).status_code
        == 302
    )
    clinic.refresh_from_db()
    assert (clinic.address, clinic.languages) == ("Musterweg 2\n10115 Berlin", ["en", "de"])


def test_no_emergency_number_is_written_into_the_product() -> None:
    """Each comes from the clinic, and its first one from its country."""
    root = Path(settings.BASE_DIR)
    apps = ("accounts", "common", "patients", "scheduling", "sessions", "reminders", "portal", "pitclinic", "templates")
    found = [
        str(path.relative_to(root))
        for app in (*apps, "static/js")
        for path in (root / app).rglob("*")
        if path.suffix in {".py", ".html", ".js"}
        and re.search(r"""(['"])(112|911|999)\1|([Cc]all|like) (112|911|999)\b""", path.read_text(encoding="utf-8"))
    ]
    assert found == ["common/emergency_numbers.py"]
