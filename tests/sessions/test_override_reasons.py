"""Why it goes ahead all the same: a reason of the list, words where a stop is lifted, and somebody who may."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Clinic
from accounts.permissions import Act, may
from scheduling.choices import VisitStatus
from sessions.choices import OverrideReason
from sessions.forms.screening import ReasonsForm
from sessions.models import InjectionSession, RuleOverride
from sessions.override_reasons import is_answer, is_something, join, split
from sessions.policies.injection_sessions import GateClosedError
from sessions.rules import RULES, Finding
from sessions.services import injection_sessions as service
from tests.factories.accounts import MembershipFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.treatments import SolutionLotFactory, a_draft, actor_of

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
WARNING = Finding(RULES["no_lot"], "D5W_BUF", (("solution", "Dextrose"),))
LIFTABLE = Finding(RULES["screening_stop"], "INFECTION", (("item", "Infection"),))
STOP = Finding(RULES["volume_zero"], "1", (("number", "1"),))

codes = st.sampled_from(OverrideReason.values)
words = st.text(max_size=40).map(str.strip)


@given(codes, words)
def test_a_reason_reads_back_as_it_was_given(code: str, text: str) -> None:
    assert split(join(code, text)) == (code, text)


@given(words.filter(lambda text: "|" not in text))
def test_words_alone_are_another_reason(text: str) -> None:
    assert split(text) == ("other" if text else "", text)


@pytest.mark.parametrize(
    ("finding", "reason", "may_lift", "answers"),
    [
        (WARNING, "checked|", False, True),
        (WARNING, "other|", False, False),
        (WARNING, "other|Small bottle", False, True),
        (WARNING, "Small bottle", False, True),
        (WARNING, "", True, False),
        (LIFTABLE, "agreed|", True, False),
        (LIFTABLE, "agreed|Dr Example, by phone", True, True),
        (LIFTABLE, "agreed|Dr Example, by phone", False, False),
        (STOP, "agreed|Dr Example, by phone", True, False),
    ],
)
def test_a_finding_is_answered(finding: Finding, reason: str, may_lift: bool, answers: bool) -> None:
    assert is_answer(finding, reason, may_lift=may_lift) is answers


def test_only_a_clinician_lifts_a_stop() -> None:
    assert [role for role in Role if may(role, Act.LIFT_STOPS)] == [Role.CLINICIAN]


@pytest.mark.parametrize(
    ("code", "text", "reason"),
    [("checked", "", "checked|"), ("", "Why not", "other|Why not"), ("other", "", ""), ("", "", "")],
)
def test_the_form_takes_a_tap_or_words(code: str, text: str, reason: str) -> None:
    name = ReasonsForm.name_of(WARNING)
    form = ReasonsForm({f"reason-{name}": text, f"reason-{name}_code": code}, findings=[WARNING])
    assert form.is_valid()
    assert form.reasons() == ({WARNING.key: reason} if reason else {})


@pytest.fixture
def clinician(in_clinic: Clinic) -> Actor:
    return actor_of(MembershipFactory(clinic=in_clinic))


Save = Callable[[str], InjectionSession]


@pytest.fixture
def save(in_clinic: Clinic, clinician: Actor) -> Save:
    def saved(reason: str) -> InjectionSession:
        """A draft with an infection answered yes, and this reason to go ahead."""
        visit = AppointmentFactory(clinic=in_clinic, status=VisitStatus.ARRIVED)
        session = service.start(appointment=visit, by=clinician, now=NOW)
        draft = a_draft(lot=SolutionLotFactory(clinic=in_clinic))
        draft = replace(draft, answers=draft.answers | {"INFECTION": (True, "")}, reasons={"V11:INFECTION": reason})
        return service.save_draft(injection_session=session, version=1, draft=draft, by=clinician, now=NOW)

    return saved


def test_a_reason_is_kept_with_its_code_who_and_when(save: Save, clinician: Actor) -> None:
    session = save("agreed|Healed weeks ago")
    service.sign(injection_session=session, version=2, by=clinician, now=NOW)

    row = RuleOverride.objects.get()
    assert (row.reason_code, row.reason, row.overridden_by_id, row.overridden_at) == (
        "agreed",
        "Healed weeks ago",
        clinician.membership_id,
        NOW,
    )


def test_a_tap_alone_is_kept_but_lifts_no_stop(save: Save, clinician: Actor) -> None:
    session = save("agreed|")

    assert RuleOverride.objects.get().reason == ""
    with pytest.raises(GateClosedError):
        service.sign(injection_session=session, version=2, by=clinician, now=NOW)


@pytest.mark.parametrize("values", [{"reason": "", "reason_code": "other"}, {"reason_code": "whim"}])
def test_the_database_refuses_a_reason_that_says_nothing(save: Save, values: dict[str, str]) -> None:
    save("agreed|Healed weeks ago")
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleOverride.objects.update(**values)


def test_another_reason_without_words_is_nothing() -> None:
    assert not is_something("other|")
    assert is_something("checked|")
