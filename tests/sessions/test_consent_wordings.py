"""The words of consent: never too short, looked at before they are in force, in the languages patients speak."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from sessions.choices import EndReason
from sessions.consent_wordings import CURRENT_VERSION
from sessions.models import Consent, ConsentWording, Course
from sessions.policies.consent_wordings import problems
from sessions.queries.consent_wordings import patients_to_sign_again, wording_of_version, wordings_of
from sessions.rules.consents import Given, Scope, gaps
from sessions.services.consents import ConsentRefusedError, Text, change_wording
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import PatientFactory
from tests.factories.sessions import ConsentFactory, CourseFactory, InjectionSessionFactory
from tests.factories.treatments import WORDS_OF_CONSENT, actor_of

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
GERMAN = [f"Wort {number} der Einwilligung, lang genug um etwas zu sagen." for number in range(4)]


@pytest.fixture
def admin(in_clinic: Clinic) -> Actor:
    return actor_of(MembershipFactory(clinic=in_clinic, role=Role.CLINIC_ADMIN))


def text_of(clinic: Clinic, **changes: Any) -> Text:
    """The text in force, with these parts of it changed."""
    return replace(Text.of(wordings_of(clinic).shown_to(changes.pop("of", "en"))), **changes)


def reword(admin: Actor, text: Text | None = None, **changes: Any) -> ConsentWording:
    in_force = wordings_of(admin.clinic).current(text.language if text else "en")
    fields: dict[str, Any] = {
        "text": text or text_of(admin.clinic, lines=[WORDS_OF_CONSENT]),
        "reason": "Shorter",
        "version": in_force.version if in_force else "",
        "says_off_label": True,
        "by": admin,
        "now": NOW,
    }
    return change_wording(**{**fields, **changes})


# A new text.
def test_a_clinics_own_words_are_in_force_and_ask_everybody_again(admin: Actor) -> None:
    made = reword(admin)

    wordings = wordings_of(admin.clinic)
    given = Given(Scope("PIT_SC", CURRENT_VERSION), NOW.date())
    needed = Scope("PIT_SC", wordings.shown_to("en").version, standing_versions=wordings.all_standing)
    assert needed.wording_version == made.version == f"{CURRENT_VERSION}.1"
    assert gaps(given, needed, NOW.date()) == ("its wording has changed since",)
    assert wording_of_version(admin.clinic_id, CURRENT_VERSION) is not None


def test_words_that_lack_something_are_refused(admin: Actor) -> None:
    short, whole = ["We inject. It is off-label."], text_of(admin.clinic)
    refused: list[tuple[dict[str, Any], str]] = [
        ({"text": replace(whole, lines=[])}, "too short"),
        ({"text": replace(whole, lines=short)}, "too short to be a consent: 27 characters"),
        ({"text": replace(whole, lines=["x" + " " * 400])}, "too short"),
        ({"text": replace(whole, guardian_lines=["{patient}"])}, "too short"),
        ({"text": replace(whole, guardian_lines=whole.lines)}, "for whom it is signed"),
        ({"text": replace(whole, risk_lines=whole.risk_lines | {"PTX": "Lung."})}, "needs its line"),
        ({"reason": ""}, "needs a reason"),
        ({"says_off_label": False}, "off-label"),
        ({"version": "1999"}, "Somebody else"),
        ({"text": whole}, "Nothing was changed"),
        ({"text": replace(whole, language="de"), "version": "", "is_correction": True}, "no text in this language"),
    ]
    for changes, words in refused:
        with pytest.raises(ConsentRefusedError, match=words):
            reword(admin, **changes)


def test_the_database_refuses_the_same(admin: Actor) -> None:
    made = reword(admin)
    values = {
        "clinic": admin.clinic, "language": "en", "lines": made.lines, "guardian_lines": made.guardian_lines,
        "risk_lines": made.risk_lines, "reason": "Shorter", "made_at": NOW + timedelta(hours=1),
        "made_by_id": made.made_by_id,
    }  # fmt: skip
    for number, (changes, constraint) in enumerate(
        (
            ({"lines": ["Yes."]}, "short"),
            ({"lines": ["x" + " " * 400]}, "short"),
            ({"guardian_lines": ["{patient}"]}, "short"),
            ({"risk_lines": made.risk_lines | {"EYE": "Eye!"}}, "short"),
            ({"risk_lines": {}}, "short"),
            ({"guardian_lines": made.lines}, "name the patient"),
            ({"corrects_version": CURRENT_VERSION}, "only the text in force"),
            ({"language": ""}, "consentwording_language"),
        )
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            ConsentWording.objects.create(**values | {"version": f"v{number}"} | changes)


def test_the_product_keeps_its_own_rules(in_clinic: Clinic) -> None:
    text = text_of(in_clinic)
    assert problems(text.lines, text.guardian_lines, text.risk_lines) == {}


def test_the_database_keeps_every_version_of_the_words(admin: Actor) -> None:
    reword(admin)
    with pytest.raises(DatabaseError, match="stays as it was"), transaction.atomic():
        ConsentWording.objects.update(lines=["Nothing can happen."])


# A slip.
def test_a_minor_correction_asks_nobody_again(admin: Actor) -> None:
    first = reword(admin)
    slip = text_of(admin.clinic, lines=[WORDS_OF_CONSENT.replace("bruise", "give a bruise")])
    made = reword(admin, slip, is_correction=True, reason="A word was missing")

    wordings = wordings_of(admin.clinic)
    assert (made.corrects_version, made.reason) == (first.version, "A word was missing")
    assert wordings.standing("en") == [made.version, first.version]
    for version, is_standing in ((first.version, True), (made.version, True), (CURRENT_VERSION, False)):
        needed = Scope("PIT_SC", made.version, standing_versions=wordings.all_standing)
        assert (gaps(Given(Scope("PIT_SC", version), NOW.date()), needed, NOW.date()) == ()) is is_standing


def test_the_products_own_words_can_be_corrected(admin: Actor) -> None:
    text = text_of(admin.clinic)
    slip = replace(text, lines=[text.lines[0].replace("weak sugar", "weak-sugar"), *text.lines[1:]])

    made = reword(admin, slip, is_correction=True)

    assert wordings_of(admin.clinic).standing("en") == [made.version, CURRENT_VERSION]


def test_more_than_a_slip_is_no_correction(admin: Actor) -> None:
    reword(admin)
    for words, why in (
        (WORDS_OF_CONSENT + " It helps 9 in 10 people.", "A figure changed"),
        (
            WORDS_OF_CONSENT + " And here are many more words, which nobody has ever read before they signed.",
            "words ch",
        ),
    ):
        with pytest.raises(ConsentRefusedError, match=why):
            reword(admin, text_of(admin.clinic, lines=[words]), is_correction=True)


# Languages.
def test_a_patient_reads_their_own_language_or_the_clinics(admin: Actor) -> None:
    german = replace(text_of(admin.clinic), language="de", lines=GERMAN)
    made = reword(admin, german)

    wordings = wordings_of(admin.clinic)
    shown = {code: wordings.shown_to(code).version for code in ("de", "de-AT", "en", "tr")}
    assert shown == {"de": made.version, "de-AT": made.version, "en": CURRENT_VERSION, "tr": CURRENT_VERSION}
    assert wordings.all_standing == {made.version, CURRENT_VERSION}
    assert (
        wordings.shown_to("de")
        .guardian_lines_for("Kim", date(2015, 3, 1))[0]
        .startswith("I sign for Kim, born 1 März 2015")
    )


# Who signs again.
def test_those_under_treatment_on_this_wording_sign_again(admin: Actor) -> None:
    clinic = admin.clinic
    course = CourseFactory(clinic=clinic)
    for given_at in (NOW - timedelta(days=40), NOW - timedelta(days=9)):
        ConsentFactory(clinic=clinic, patient=course.patient, course=course, given_at=given_at)
    assert patients_to_sign_again(admin, [CURRENT_VERSION], now=NOW) == 1

    for changes in (
        {"given_at": NOW - timedelta(days=400)},
        {"wording_version": "2020"},
        {"withdrawn_at": NOW, "withdrawn_by_id": admin.membership_id, "withdrawal_reason": "Too sore"},
    ):
        other = CourseFactory(clinic=clinic)
        ConsentFactory(**{"clinic": clinic, "patient": other.patient, "course": other, "given_at": NOW, **changes})
    ended = CourseFactory(
        clinic=clinic, status=Course.Status.ENDED, ended_date=NOW.date(), end_reason=EndReason.SUCCESS
    )
    ConsentFactory(clinic=clinic, patient=ended.patient, course=ended, given_at=NOW)
    ConsentFactory(clinic=clinic, patient=PatientFactory(clinic=clinic), given_at=NOW)

    assert patients_to_sign_again(admin, [CURRENT_VERSION], now=NOW) == 1
    assert Consent.objects.count() == 7


# The page.
@pytest.fixture
def client(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINIC_ADMIN, clinic=clinic)


PAGE = "sessions:consent_wording"


def typed_on(client: Client, **typed: str) -> dict[str, Any]:
    form = client.get(reverse(PAGE)).context["form"]
    return {name: form[name].value() or "" for name in form.fields} | typed


@pytest.mark.django_db
def test_a_text_is_looked_at_before_it_is_in_force(client: Client, clinic: Clinic) -> None:
    with tenant(clinic.pk, actor="test"):
        course = CourseFactory(clinic=clinic)
        ConsentFactory(clinic=clinic, patient=course.patient, course=course, given_at=timezone.now())
    typed = typed_on(client, text=f"First line.\n\n{WORDS_OF_CONSENT}", reason="Shorter", says_off_label="on")

    shown = client.post(reverse(PAGE), typed | {"act": "publish"})

    words = " ".join(shown.content.decode().split())
    assert shown.status_code == 200
    assert "1 patient under treatment must sign again" in words
    assert "<ins" in words
    assert "<del" in words
    assert "I sign for Kim Example, born 1 March 2015" in words
    assert shown.context["in_force"].version == CURRENT_VERSION

    done = client.post(
        reverse(PAGE), typed | {"act": "publish", "previewed": shown.context["preview"].fingerprint}, follow=True
    )

    assert "Whoever is treated from now on signs it first" in done.content.decode()
    assert done.context["in_force"].lines == ["First line.", WORDS_OF_CONSENT]


@pytest.mark.django_db
def test_a_text_changed_after_its_preview_is_shown_again(client: Client) -> None:
    typed = typed_on(client, text=WORDS_OF_CONSENT, reason="Shorter", says_off_label="on")
    previewed = client.post(reverse(PAGE), typed).context["preview"].fingerprint

    again = client.post(
        reverse(PAGE), typed | {"text": WORDS_OF_CONSENT + " Always.", "previewed": previewed, "act": "publish"}
    )

    assert again.context["preview"].fingerprint != previewed
    assert again.context["history"] == []


@pytest.mark.django_db
def test_what_is_too_short_or_more_than_a_slip_is_said_beside_its_field(client: Client) -> None:
    typed = typed_on(client, reason="Shorter", says_off_label="on")
    for changes, field, words in (
        ({"text": "We inject."}, "text", "too short"),
        ({"risk_EYE": "Eye!"}, "risk_EYE", "needs its line"),
        ({"guardian_text": WORDS_OF_CONSENT}, "guardian_text", "for whom"),
        ({"text": WORDS_OF_CONSENT, "kind": "correction"}, "kind", "words changed"),
    ):
        answer = client.post(reverse(PAGE), typed | changes)
        assert answer.status_code == 422, changes
        assert words in str(answer.context["form"].errors[field]), changes


@pytest.mark.django_db
def test_the_admin_is_told_which_languages_have_no_text(client: Client, clinic: Clinic) -> None:
    with tenant(clinic.pk, actor="test"):
        PatientFactory(clinic=clinic, language="tr")
    page = client.get(reverse(PAGE))

    assert "no text yet, English is shown" in " ".join(page.content.decode().split())
    turkish = next(row for row in page.context["languages"] if row.code == "tr")
    assert (turkish.version, turkish.patients) == ("", 1)
    assert "The text to translate" in client.get(f"{reverse(PAGE)}?language=tr").content.decode()
    assert client.get(f"{reverse(PAGE)}?language=xx").status_code == 404


@pytest.mark.django_db
def test_the_session_page_shows_the_words_of_whoever_signs(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    clinician = staff_client(Role.CLINICIAN, clinic=clinic)
    with tenant(clinic.pk, actor="test"):
        minor, grown = (
            InjectionSessionFactory(
                clinic=clinic,
                appointment__patient=PatientFactory(clinic=clinic, given_names="Kim", family_name="Novak", **own),
            ).pk
            for own in ({"birth_date": date(2015, 3, 31), "guardian_name": "Ann Novak", "language": "tr"}, {})
        )

    page = clinician.get(reverse("sessions:edit", args=[minor])).content.decode()
    assert "I sign for Kim Novak, born 31 March 2015, as parent" in page
    assert "my allergies" not in page
    assert "There is no text in Turkish. This one is in English" in " ".join(page.split())

    page = clinician.get(reverse("sessions:edit", args=[grown])).content.decode()
    assert page.index('data-reader="patient"') < page.index("my allergies") < page.index('data-reader="guardian"')
    assert "There is no text in" not in page
