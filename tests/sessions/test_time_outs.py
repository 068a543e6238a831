"""The time-out: confirmed over what is really there, by a named person, and asked again for what changed."""

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.actors import Actor
from accounts.models import Clinic
from patients.models import Allergy, Patient
from scheduling.choices import VisitStatus
from sessions.choices import PointSide, TimeOutItem
from sessions.drafts import Draft
from sessions.models import InjectionPoint, InjectionSession, RuleOverride, SolutionLot, TimeOut
from sessions.policies.injection_sessions import GateClosedError
from sessions.queries.injection_sessions import draft_of, load
from sessions.services import consents
from sessions.services import injection_sessions as service
from tests.factories.accounts import MembershipFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import sign
from tests.factories.treatments import SolutionLotFactory, a_container, a_draft, a_preparation, a_time_out, actor_of

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
LATER = NOW + timedelta(minutes=3)


@pytest.fixture
def lot(in_clinic: Clinic) -> SolutionLot:
    return SolutionLotFactory(clinic=in_clinic, lot_number="A1")


@pytest.fixture
def clinician(in_clinic: Clinic) -> Actor:
    return actor_of(MembershipFactory(clinic=in_clinic))


@pytest.fixture
def session(in_clinic: Clinic, clinician: Actor) -> InjectionSession:
    visit = AppointmentFactory(clinic=in_clinic, status=VisitStatus.ARRIVED)
    return service.start(appointment=visit, by=clinician, now=NOW)


Save = Callable[..., InjectionSession]


@pytest.fixture
def save(session: InjectionSession, clinician: Actor) -> Save:
    def saved(draft: Draft, *, now: datetime = NOW) -> InjectionSession:
        session.refresh_from_db()
        return service.save_draft(
            injection_session=session, version=session.version, draft=draft, by=clinician, now=now
        )

    return saved


def findings_of(session: InjectionSession, clinician: Actor) -> list[str]:
    session.refresh_from_db()
    try:
        with transaction.atomic():
            service.sign(injection_session=session, version=session.version, by=clinician, now=LATER)
            transaction.set_rollback(True)
    except GateClosedError as closed:
        return [finding.english for finding in closed.findings]
    return []


def turned(draft: Draft) -> Draft:
    """The same points on the other side."""
    return replace(draft, points=tuple(replace(point, side=PointSide.RIGHT) for point in draft.points))


def test_a_time_out_keeps_what_was_shown_and_who_confirmed_it(save: Save, clinician: Actor, lot: SolutionLot) -> None:
    session = save(a_draft(lot=lot))

    row = session.time_outs.get()
    words = dict(row.words)
    assert (row.confirmed_at, row.confirmed_by_id) == (NOW, clinician.membership_id)
    assert words["side"] == "Left"
    assert words["nerves"].endswith("Left")
    assert words["lot"].startswith("A1, use by")
    assert words["allergy"] == "none on file"
    assert session.patient.full_name in words["patient"]
    assert "born" in words["patient"]
    assert words["consent"].startswith("Aroha Example") or words["consent"] == "–"


def test_a_session_is_not_signed_without_a_time_out(save: Save, clinician: Actor, lot: SolutionLot) -> None:
    session = save(a_draft(lot=lot, time_out=None))
    assert findings_of(session, clinician) == [
        "The time-out before the injection is not confirmed: patient, consent, side, nerves, solution, lot, allergy."
    ]


def test_a_time_out_that_was_not_finished_names_what_is_open(save: Save, clinician: Actor, lot: SolutionLot) -> None:
    begun = replace(a_time_out(lot=lot), items=frozenset(TimeOutItem.values) - {"lot", "allergy"})
    session = save(a_draft(lot=lot, time_out=begun))

    assert session.time_outs.get().confirmed_at is None
    assert findings_of(session, clinician) == ["The time-out before the injection is not confirmed: lot, allergy."]


def test_a_time_out_can_be_finished_item_by_item(save: Save, lot: SolutionLot) -> None:
    begun = replace(a_time_out(lot=lot), items=frozenset({"side"}))
    save(a_draft(lot=lot, time_out=begun))
    session = save(a_draft(lot=lot, consent=None), now=LATER)

    assert session.time_outs.get().confirmed_at == LATER


def test_a_tick_that_is_taken_back_takes_the_time_out_back(save: Save, lot: SolutionLot) -> None:
    save(a_draft(lot=lot))
    untick = replace(a_time_out(lot=lot), items=frozenset())
    session = save(a_draft(lot=lot, consent=None, time_out=untick))

    assert not session.time_outs.exists()


def test_ticks_made_over_something_else_are_worth_nothing(save: Save, lot: SolutionLot) -> None:
    session = save(turned(a_draft(lot=lot)))
    assert not session.time_outs.exists()


def test_a_side_that_is_changed_after_the_time_out_asks_again(save: Save, clinician: Actor, lot: SolutionLot) -> None:
    draft = a_draft(lot=lot)
    save(draft)
    session = save(turned(draft))

    assert "After the time-out this was changed: the side. Confirm it again." in findings_of(session, clinician)


def test_confirming_again_answers_it(save: Save, clinician: Actor, lot: SolutionLot) -> None:
    draft = a_draft(lot=lot)
    save(draft)
    session = save(replace(turned(draft), consent=None, time_out=a_time_out(lot=lot, side="right")))

    assert findings_of(session, clinician) == []
    assert session.time_outs.count() == 2


def test_an_allergy_recorded_after_the_time_out_asks_again(save: Save, clinician: Actor, lot: SolutionLot) -> None:
    session = save(a_draft(lot=lot))
    Allergy.objects.create(clinic=session.clinic, patient=session.patient, substance="latex", recorded_at=NOW)

    assert findings_of(session, clinician) == [
        "After the time-out this was changed: the allergies. Confirm it again.",
        "Allergy: answered no, but the register says Latex. Put one of them right, or say why.",
    ]


def test_a_time_out_reads_back_as_it_was_typed(save: Save, lot: SolutionLot) -> None:
    session = save(a_draft(lot=lot))
    assert draft_of(load(session)).time_out == a_time_out(lot=lot)


def test_what_was_confirmed_keeps_its_words_and_its_time(save: Save, lot: SolutionLot, clinician: Actor) -> None:
    """A name corrected, a use-by date corrected, a consent taken back: the words stay, the confirmation falls."""
    session = save(a_draft(lot=lot))
    first = session.time_outs.get()
    ticked = replace(a_time_out(lot=lot), said=load(session).time_out_card.said)

    def corrected(*, name: str = "", day: date | None = None) -> None:
        if name:
            Patient.objects.filter(pk=session.patient_id).update(family_name=name)
        if day:
            SolutionLot.objects.filter(pk=lot.pk).update(expiry_date=day)

    name, day = session.patient.family_name, lot.expiry_date
    for change, back, what in (
        ({"name": "Corrected"}, {"name": name}, "the patient"),
        ({"day": date(2029, 1, 31)}, {"day": day}, "the lot"),
    ):
        corrected(**change)
        save(a_draft(lot=lot, consent=None, time_out=ticked), now=LATER)
        found = findings_of(InjectionSession.objects.get(pk=session.pk), clinician)
        assert found == [f"After the time-out this was changed: {what}. Confirm it again."]
        assert (session.time_outs.get().words, session.time_outs.get().confirmed_at) == (first.words, NOW)
        corrected(**back)
    consents.withdraw(consent=session.consent, reason="Changed her mind", by=clinician, now=LATER)
    found = findings_of(InjectionSession.objects.get(pk=session.pk), clinician)
    assert found[-1] == "After the time-out this was changed: the consent. Confirm it again."
    assert session.time_outs.get().words == first.words


def test_ticks_at_a_card_that_said_something_else_are_worth_nothing(save: Save, lot: SolutionLot) -> None:
    session = save(a_draft(lot=lot, time_out=replace(a_time_out(lot=lot), said="0" * 32)))
    assert not session.time_outs.exists()


# The database.
def test_the_database_keeps_the_words_of_a_confirmed_time_out(save: Save, lot: SolutionLot) -> None:
    save(a_draft(lot=lot))
    for values in ({"words": []}, {"shown": {}}, {"fingerprint": "other"}):
        with pytest.raises(IntegrityError, match="stays as it was confirmed"), transaction.atomic():
            TimeOut.objects.update(**values)


def test_the_database_keeps_the_time_out_of_a_signed_session(save: Save, clinician: Actor, lot: SolutionLot) -> None:
    session = save(a_draft(lot=lot))
    service.sign(injection_session=session, version=session.version, by=clinician, now=LATER)

    for act in (lambda: TimeOut.objects.update(confirmed_at=NOW), lambda: TimeOut.objects.all().delete()):
        with pytest.raises(DatabaseError, match="signed injection session"), transaction.atomic():
            act()


@pytest.mark.parametrize("values", [{"items": []}, {"items": ["side", "breakfast"]}, {"confirmed_by": None}])
def test_the_database_refuses_half_a_time_out_as_confirmed(
    save: Save, lot: SolutionLot, values: dict[str, Any]
) -> None:
    save(a_draft(lot=lot))
    with pytest.raises(IntegrityError), transaction.atomic():
        TimeOut.objects.update(**values)


# P11, in the database: whoever signs past the rules signs no bottle that nobody confirmed.
def signs(session: InjectionSession) -> bool:
    session.refresh_from_db()
    try:
        with transaction.atomic():
            sign(session, signed_at=LATER)
            transaction.set_rollback(True)
    except IntegrityError as refusal:
        return "not confirmed today" not in str(refusal)
    return True


def test_the_database_signs_no_bottle_that_no_time_out_named(save: Save, clinician: Actor, lot: SolutionLot) -> None:
    session = save(a_draft(lot=lot))
    assert signs(session)

    other = SolutionLotFactory(clinic=session.clinic, lot_number="B2")
    InjectionPoint.objects.update(lot=other)

    assert not signs(session)
    assert "After the time-out this was changed: the lot. Confirm it again." in findings_of(session, clinician)
    RuleOverride.objects.create(
        clinic=session.clinic, injection_session=session, rule="P04", subject="the lot", sentence="Changed",
        reason="The first bottle fell", reason_code="other", overridden_by_id=clinician.membership_id,
        overridden_at=NOW,
    )  # fmt: skip
    assert signs(session)


def test_the_database_signs_no_lot_that_is_not_of_the_tray(save: Save, lot: SolutionLot) -> None:
    session = save(a_draft(lot=lot, time_out=None))
    container = a_container(session.clinic, opened_at=NOW - timedelta(hours=1))
    session.preparation = a_preparation(session.clinic, container, made_at=NOW - timedelta(minutes=30))
    session.version += 1
    session.save()

    assert not signs(session)

    InjectionPoint.objects.update(lot=container.lot)
    assert signs(session)


_CARD = """
const part = (words) => {
  const holders = Object.fromEntries(Object.entries(words).map(([name, text]) => [`[data-${name}]`, {
    textContent: text, childNodes: [text], replaceChildren(...nodes) { this.textContent = nodes.join(""); },
  }]));
  return { querySelector: (name) => holders[name] };
};
const shown = part({ fallen: "changed since: the lot. Confirm it again.", confirmed: "" });
followConfirmed(shown, part({ fallen: "", confirmed: "Confirmed by Ana at 9:05." }));
console.log(JSON.stringify(["fallen", "confirmed"].map((name) => shown.querySelector(`[data-${name}]`).textContent)));
"""


def test_the_card_of_the_time_out_follows_the_answer_of_the_save() -> None:
    source = re.sub(r"^import .*$", "", Path("static/js/session/safety.js").read_text(), flags=re.MULTILINE)
    ran = subprocess.run(
        ["node", "--input-type=module"], input=source + _CARD, capture_output=True, text=True, check=True
    )
    assert json.loads(ran.stdout) == ["", "Confirmed by Ana at 9:05."]
