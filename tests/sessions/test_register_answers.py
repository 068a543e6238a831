"""The register answers first: what is on file stands as yes, one tap leaves it, a no against it is said."""

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Clinic
from common.tenancy import tenant
from patients.choices import Flag, Substance
from patients.models import Allergy, RiskFlag
from scheduling.models import Appointment
from sessions.models import InjectionSession
from sessions.policies.injection_sessions import GateClosedError
from sessions.queries.injection_sessions import load
from sessions.queries.session_facts import facts_of
from sessions.rules import Finding, findings
from sessions.rules.register import (
    ALLERGY,
    SAYS_YES,
    TO_BE_ASKED,
    Fact,
    answered_at_once,
    begun,
    contradicts,
    known_of,
)
from sessions.services import injection_sessions
from tests.factories.treatments import a_draft, actor_of
from tests.sessions.rule_cases import GOOD
from tests.sessions.test_papers import note
from tests.sessions.test_session_browser import begin

ITEMS = [ALLERGY, *SAYS_YES, *TO_BE_ASKED, "INFECTION", "MEAL"]
REGISTER = st.tuples(
    st.sets(st.sampled_from(Substance.values)).map(lambda found: [Fact(one) for one in sorted(found)]),
    st.sets(st.sampled_from(Flag.values)).map(lambda found: [(one, Fact(one)) for one in sorted(found)]),
)
ANSWERS = st.dictionaries(st.sampled_from(ITEMS), st.booleans())


@given(REGISTER, ANSWERS)
def test_whatever_is_on_file_and_answered_nothing_known_is_denied_by_one_tap_or_in_silence(
    register: tuple[list[Fact], list[tuple[str, Fact]]], answers: dict[str, bool]
) -> None:
    known = known_of(*register)
    on_file = {fact.words for fact in register[0]} | {code for code, _fact in register[1]}
    asked_about = set().union(*SAYS_YES.values(), *TO_BE_ASKED.values()) | set(Substance.values)
    assert {fact.words for one in known.values() for fact in one.facts} == on_file & asked_about

    start = begun(known, answers)
    at_once = answered_at_once(ITEMS, known, start)
    finished = start | dict.fromkeys(at_once, False)
    for item in ITEMS:
        was, is_ = answers.get(item), finished.get(item)
        if was is not None:
            assert is_ is was  # what somebody answered stays
        elif item in known:
            assert is_ is (True if known[item].is_yes else None)  # and what is known is never denied
        else:
            assert is_ is False
    # Only a person's own no can contradict, and then it is a finding of that item with all that is on file.
    session = replace(GOOD, known=known, answers=tuple((item, item, yes) for item, yes in finished.items()))
    found = {one.subject: one.english for one in findings(session) if one.rule.id == "P12"}
    denied = {item for item, one in known.items() if one.is_yes and answers.get(item) is False}
    assert set(found) == denied == {item for item in ITEMS if contradicts(known.get(item), finished.get(item))}
    assert all(fact.words in found[item] for item in denied for fact in known[item].facts)


@pytest.fixture
def session(clinic: Clinic, visit: Appointment) -> InjectionSession:
    """Begun with a patient of two allergies, an anticoagulant and a history of cancer."""
    now = timezone.now()
    with tenant(clinic.pk, actor="test"):
        whose: dict[str, Any] = {"clinic": clinic, "patient": visit.patient, "recorded_at": now}
        Allergy.objects.create(substance="latex", **whose)
        Allergy.objects.create(substance="other", substance_text="Iodine", **whose)
        RiskFlag.objects.create(flag="anticoagulant", detail="Warfarin", **whose)
        RiskFlag.objects.create(flag="cancer_history", **whose)
    begin(visit)
    with tenant(clinic.pk, actor="test"):
        return InjectionSession.objects.select_related("clinician").get()


@pytest.fixture
def client(visit: Appointment) -> Client:
    return visit.client  # type: ignore[attr-defined,no-any-return]


def question(html: str, item: str) -> str:
    found = re.search(
        rf'<fieldset class="question"(?:(?!</fieldset>).)*screening-{item}"(?:(?!</fieldset>).)*', html, re.S
    )
    assert found, item
    return found.group()


def is_chosen(html: str, answer: str) -> bool:
    return re.search(rf'value="{answer}"[^>]* checked', html) is not None


@pytest.mark.django_db
def test_the_page_begins_with_the_register_and_says_a_contradiction_beside_its_question(
    clinic: Clinic, client: Client, session: InjectionSession
) -> None:
    page = client.get(reverse("sessions:edit", args=[session.pk])).content.decode()
    allergy, cancer, infection = (question(page, item) for item in ("ALLERGY", "RED_FLAGS", "INFECTION"))
    assert is_chosen(allergy, "yes")
    assert "Latex" in allergy
    assert "Iodine" in allergy
    assert is_chosen(question(page, "BLEEDING"), "yes")
    assert "Anticoagulant (Warfarin)" in question(page, "BLEEDING")
    assert " data-known" in cancer  # the tap leaves it, and nobody answers it but by hand
    assert not is_chosen(cancer, "yes")
    assert "History of cancer" in cancer
    assert " data-known" not in infection
    assert not is_chosen(infection, "no")
    assert re.search(r'data-contradiction="no" hidden', allergy)

    with tenant(clinic.pk, actor="test"):
        injection_sessions.save_draft(
            injection_session=session, version=1, draft=a_draft(), by=actor_of(session.clinician), now=timezone.now()
        )
    page = client.get(reverse("sessions:edit", args=[session.pk])).content.decode()
    assert re.search(r'data-contradiction="no">', question(page, "ALLERGY"))
    assert "Allergy: answered no, but the register says Latex, Iodine." in page


@pytest.mark.django_db
def test_a_flag_that_only_a_file_says_is_asked_and_answers_nothing(
    clinic: Clinic, client: Client, session: InjectionSession
) -> None:
    with tenant(clinic.pk, actor="test"):
        RiskFlag.objects.filter(flag="anticoagulant").update(is_to_confirm=True)
    bleeding = question(client.get(reverse("sessions:edit", args=[session.pk])).content.decode(), "BLEEDING")
    assert "From the file: Warfarin. Ask." in bleeding
    assert " data-known" in bleeding  # the tap leaves it: it is asked by hand
    assert not is_chosen(bleeding, "yes")
    assert not is_chosen(bleeding, "no")
    assert "contradicts the register" not in bleeding


@pytest.mark.django_db
def test_a_contradiction_needs_a_reason_and_stands_in_the_record_and_on_the_paper_for_good(
    clinic: Clinic, client: Client, session: InjectionSession
) -> None:
    now = timezone.now()
    said = "Allergy: answered no, but the register says Latex, Iodine."
    with tenant(clinic.pk, actor="test"):
        by = actor_of(session.clinician)
        draft = a_draft()
        draft = replace(draft, answers=draft.answers | {"BLEEDING": (True, "Warfarin, INR 2.1")})
        injection_sessions.save_draft(injection_session=session, version=1, draft=draft, by=by, now=now)
        reasons = {"V26:BLEEDING": "agreed", "P02:D5W_BUF": "no lot"}
        # No lot is asked about, and the time-out shows the allergies, which this draft did not confirm.
        reasons["P04:"] = "said aloud"
    unsigned = client.get(reverse("sessions:sign", args=[session.pk])).content.decode()
    assert said in unsigned
    with tenant(clinic.pk, actor="test"):
        keys = {one.key for one in open_findings(session)}
        assert "P12:ALLERGY" in keys
        reasons |= {key: "asked twice" for key in keys if key != "P12:ALLERGY"}
        with pytest.raises(GateClosedError):
            injection_sessions.sign(injection_session=session, version=2, by=by, now=now, reasons=reasons)
        reasons["P12:ALLERGY"] = "The register is old"
        injection_sessions.sign(injection_session=session, version=2, by=by, now=now, reasons=reasons)
        Allergy.objects.update(ended_at=now)
    record = client.get(reverse("sessions:view", args=[session.pk])).content.decode()
    assert record.count(said) == 2  # beside the answer, and among what went ahead
    assert "The register is old" in record
    paper = note(client, session)
    assert f"CONCERN: Allergy: no. {said}" in paper


def open_findings(session: InjectionSession) -> list[Finding]:
    own = InjectionSession.objects.select_related("clinic", "patient", "course__patient_condition", "consent")
    return findings(facts_of(load(own.get(pk=session.pk)), now=timezone.now()))


def test_the_tap_answers_what_nobody_knows_and_says_so() -> None:
    """The words of the page's script, without a browser."""
    source = (Path(__file__).parents[2] / "static/js/session/screening.js").read_text()
    source = re.sub(r"^import .*$", "", source, flags=re.M)
    script = """
    const one = (name, answer, known, nerves) => ({
      dataset: { name, ...(known ? { known: "" } : {}), ...(nerves ? { near: nerves } : {}) },
      querySelector: () => (answer ? { value: answer } : null),
    });
    const { asked, left } = sort([
      one("Allergy", "yes", true), one("Infection", ""), one("Bleeding", "no"),
      one("Red flags", "", true), one("Meal", ""), one("Lung risk", "", false, "N034 N035"),
    ], new Set(["N054", "N035"]));
    console.log(JSON.stringify([list("Nothing to report:", asked), list("Left:", left)]));
    """
    ran = subprocess.run(
        ["node", "--input-type=module"], input=source + script, capture_output=True, text=True, check=True
    )
    assert json.loads(ran.stdout) == [
        ["Nothing to report: Infection, Meal."],
        ["Left: Allergy, Bleeding, Red flags, Lung risk."],
    ]
