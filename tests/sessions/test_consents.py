"""Consent: what was read, by whom it was signed, taken back; and never changed."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.actors import Actor
from accounts.models import Clinic
from patients.models import RiskFlag
from scheduling.choices import VisitStatus
from sessions.choices import ConsentSigner
from sessions.consent_wordings import CURRENT_VERSION
from sessions.drafts import ConsentRow
from sessions.models import Consent, InjectionSession
from sessions.policies.injection_sessions import GateClosedError, SessionRefusedError
from sessions.queries.signed_documents import record_of
from sessions.rules.consents import Given, Scope, gaps
from sessions.services import injection_sessions as service
from sessions.services.consents import ConsentRefusedError, withdraw
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import ConsentFactory
from tests.factories.treatments import SolutionLotFactory, a_draft, actor_of

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
TODAY = NOW.date()
STROKES = (((10, 10), (20, 20), (30, 30), (40, 40), (50, 50)),)


@pytest.fixture
def clinician(in_clinic: Clinic) -> Actor:
    return actor_of(MembershipFactory(clinic=in_clinic))


Treat = Callable[..., InjectionSession]


@pytest.fixture
def treat(in_clinic: Clinic, clinician: Actor) -> Treat:
    def treated(consent: ConsentRow | None = None, **patient: Any) -> InjectionSession:
        """A saved draft of a patient, with this consent."""
        visit = AppointmentFactory(
            clinic=in_clinic, status=VisitStatus.ARRIVED, patient=PatientFactory(clinic=in_clinic, **patient)
        )
        session = service.start(appointment=visit, by=clinician, now=NOW)
        draft = a_draft(lot=SolutionLotFactory(clinic=in_clinic), consent=consent)
        return service.save_draft(injection_session=session, version=1, draft=draft, by=clinician, now=NOW)

    return treated


def gaps_of(session: InjectionSession, clinician: Actor) -> list[str]:
    session.refresh_from_db()
    with pytest.raises(GateClosedError) as closed:
        service.sign(injection_session=session, version=session.version, by=clinician, now=NOW)
    return [finding.subject for finding in closed.value.findings if finding.rule.id == "V09"]


# The rule.
SCOPE = Scope("PIT_SC", "2026-11", needs_guardian=True, needs_interpreter=True)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (Given(SCOPE, TODAY, has_interpreter=True), ("a minor needs a parent or guardian",)),
        (Given(SCOPE, TODAY, is_by_guardian=True), ("the interpreter is not named",)),
        (Given(SCOPE, TODAY, is_by_guardian=True, has_interpreter=True), ()),
    ],
)
def test_a_minor_and_an_interpreter_are_minded(given: Given, why: tuple[str, ...]) -> None:
    assert gaps(given, SCOPE, TODAY) == why


# Giving it.
def test_a_consent_keeps_the_signature_the_interpreter_and_what_was_read(treat: Treat) -> None:
    row = ConsentRow(
        "Aroha Example",
        interpreter_name="Ivy Interpreter",
        signature=STROKES,
        risks_shown=frozenset({"PTX", "<b>"}),
        wording_version=CURRENT_VERSION,
    )
    consent = treat(row).consent
    consent.refresh_from_db()

    assert consent.signature == [[list(point) for point in stroke] for stroke in STROKES]
    assert (consent.interpreter_name, consent.risk_flags, consent.wording_version) == (
        "Ivy Interpreter",
        ["PTX"],
        CURRENT_VERSION,
    )


def test_words_that_never_were_cannot_be_consented_to(treat: Treat) -> None:
    with pytest.raises(SessionRefusedError, match="not known"):
        treat(ConsentRow("Aroha Example", wording_version="1999"))


def test_a_minor_does_not_consent_alone(treat: Treat) -> None:
    with pytest.raises(SessionRefusedError, match="guardian"):
        treat(ConsentRow("Kid Example"), birth_date=date(2010, 1, 1), guardian_name="Ann Example")


def test_a_guardian_consents_for_a_minor_in_words_that_say_so(treat: Treat) -> None:
    session = treat(
        ConsentRow(
            "Ann Example", ConsentSigner.GUARDIAN, risks_shown=frozenset({"PTX"}), wording_version=CURRENT_VERSION
        ),
        birth_date=date(2010, 1, 31),
        guardian_name="Ann Example",
        given_names="Kid",
        family_name="Example",
    )
    words = session.consent.words
    assert session.consent.signed_as == ConsentSigner.GUARDIAN
    assert words[0].startswith("I sign for Kid Example, born 31 January 2010, as parent, guardian or legal")
    assert words[-1].startswith("Near the lung")
    assert not any("my allergies" in line or "{" in line for line in words)


def test_what_is_signed_names_the_words_that_were_read(treat: Treat, clinician: Actor) -> None:
    session = treat(ConsentRow("Aroha Example"))
    assert (session.consent.language, session.consent.words[4][:6]) == ("en", "I have")

    signed = service.sign(injection_session=session, version=session.version, by=clinician, now=NOW)

    consent = record_of(signed).consent
    assert consent is not None
    assert (consent.language, list(consent.read)) == ("en", session.consent.words)


def test_an_interpreter_who_is_needed_is_named(treat: Treat, clinician: Actor) -> None:
    session = treat(ConsentRow("Aroha Example"))
    RiskFlag.objects.create(clinic=session.clinic, patient=session.patient, flag="interpreter", recorded_at=NOW)

    assert gaps_of(session, clinician) == ["the interpreter is not named"]


# Taking it back.
def test_a_patient_takes_the_consent_back(treat: Treat, clinician: Actor) -> None:
    session = treat(ConsentRow("Aroha Example"))
    withdraw(consent=session.consent, reason="Too sore", by=clinician, now=NOW)

    row = Consent.objects.get()
    assert (row.withdrawn_by_id, row.withdrawal_reason) == (clinician.membership_id, "Too sore")
    assert gaps_of(session, clinician) == [
        "it was withdrawn (state the time of the first injection, if that was earlier)"
    ]


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_withdrawal_says_why(in_clinic: Clinic, clinician: Actor, reason: str) -> None:
    with pytest.raises(ConsentRefusedError, match="Say why"):
        withdraw(consent=ConsentFactory(clinic=in_clinic), reason=reason, by=clinician, now=NOW)


def test_a_consent_is_withdrawn_once(in_clinic: Clinic, clinician: Actor) -> None:
    consent = ConsentFactory(clinic=in_clinic)
    withdraw(consent=consent, reason="Too sore", by=clinician, now=NOW)
    with pytest.raises(ConsentRefusedError, match="already"):
        withdraw(consent=consent, reason="Again", by=clinician, now=NOW)


# The database.
@pytest.mark.parametrize(
    "values",
    [
        {"signed_name": "Somebody Else"},
        {"signature": [[[1, 1]]]},
        {"risk_flags": ["PTX"]},
        {"interpreter_name": "x"},
        {"wording_version": "x"},
        {"words": ["Nothing can happen."], "language": "en"},
        {"stated_at": NOW},
    ],
)
def test_the_database_refuses_to_change_a_consent(in_clinic: Clinic, values: dict[str, Any]) -> None:
    ConsentFactory(clinic=in_clinic)
    with pytest.raises(DatabaseError, match="cannot change"), transaction.atomic():
        Consent.objects.update(**values)


def test_the_database_refuses_half_a_withdrawal(in_clinic: Clinic) -> None:
    ConsentFactory(clinic=in_clinic)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.update(withdrawn_at=NOW)


def test_the_database_refuses_a_paper_of_later_and_one_that_was_drawn_here(in_clinic: Clinic) -> None:
    assert ConsentFactory(clinic=in_clinic, given_at=NOW, stated_at=NOW).pk
    for values in ({"stated_at": NOW - timedelta(seconds=1)}, {"stated_at": NOW, "signature": [[[1, 1]]]}):
        with pytest.raises(IntegrityError, match="sessions_consent_on_paper"), transaction.atomic():
            ConsentFactory(clinic=in_clinic, given_at=NOW, **values)


def test_the_database_refuses_words_without_their_language(in_clinic: Clinic) -> None:
    for words, language in ((["I agree."], None), (None, "en"), ([], "en"), (["I agree."], "")):
        with pytest.raises(IntegrityError, match="words_are_whole"), transaction.atomic():
            ConsentFactory(clinic=in_clinic, words=words, language=language)


def test_the_database_refuses_the_consent_of_a_minor_alone(in_clinic: Clinic) -> None:
    minor = PatientFactory(clinic=in_clinic, birth_date=date(2008, 3, 3), guardian_name="Ann Example")
    with pytest.raises(IntegrityError, match="minor"), transaction.atomic():
        ConsentFactory(clinic=in_clinic, patient=minor, given_at=NOW)


def test_the_database_takes_the_consent_of_somebody_of_age_that_day(in_clinic: Clinic) -> None:
    grown = PatientFactory(clinic=in_clinic, birth_date=date(2008, 3, 2))
    assert ConsentFactory(clinic=in_clinic, patient=grown, given_at=NOW).pk


def test_the_database_refuses_a_signature_without_end(in_clinic: Clinic) -> None:
    with pytest.raises(IntegrityError, match="strokes"), transaction.atomic():
        ConsentFactory(clinic=in_clinic, signature=[[[1, 1]] * 10_000])
