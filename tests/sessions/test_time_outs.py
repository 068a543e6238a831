"""The time-out: confirmed over what is really there, by a named person, and asked again for what changed."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
from sessions.models import (
    InjectionPoint,
    InjectionSession,
    LotChange,
    LotRecall,
    RuleOverride,
    SolutionLot,
    StockMovement,
    TimeOut,
)
from sessions.policies.injection_sessions import GateClosedError, PreparationRefusedError
from sessions.queries.injection_sessions import draft_of, load
from sessions.services import consents, lot_changes, lot_recalls
from sessions.services import injection_sessions as service
from tests.factories.accounts import MembershipFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import sign
from tests.factories.treatments import (
    ProductFactory,
    SolutionLotFactory,
    a_container,
    a_draft,
    a_preparation,
    a_time_out,
    actor_of,
)
from tests.sessions.stock import corrected, refused

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

    def change_to(*, name: str = "", day: date | None = None) -> None:
        if name:
            Patient.objects.filter(pk=session.patient_id).update(family_name=name)
        if day:
            corrected(lot, expiry_date=day)

    name, day = session.patient.family_name, lot.expiry_date
    for change, back, what in (
        ({"name": "Corrected"}, {"name": name}, "the patient"),
        ({"day": date(2029, 1, 31)}, {"day": day}, "the lot"),
    ):
        change_to(**change)
        save(a_draft(lot=lot, consent=None, time_out=ticked), now=LATER)
        found = findings_of(InjectionSession.objects.get(pk=session.pk), clinician)
        assert found == [f"After the time-out this was changed: {what}. Confirm it again."]
        assert (session.time_outs.get().words, session.time_outs.get().confirmed_at) == (first.words, NOW)
        change_to(**back)
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


# V23 and P11 in the database, with no tray and no time-out.
@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_nothing_is_signed_from_a_bottle_that_may_not_be_used(save: Save, clinician: Actor, lot: SolutionLot) -> None:
    session = save(a_draft(lot=lot, time_out=None))

    def set_aside() -> None:
        lot_changes.quarantine(lot=lot, reason="a crack", by=clinician, now=NOW)

    def recall() -> None:
        lot_recalls.start(lot=lot, reason="Particles", by=clinician, now=NOW)

    def expire() -> None:
        corrected(lot, expiry_date=date(2026, 3, 1))

    def never_open() -> None:
        SolutionLot.objects.filter(pk=lot.pk).update(product=ProductFactory(clinic=session.clinic))
        whose = {"clinic": session.clinic, "moved_by_id": clinician.membership_id}
        StockMovement.objects.create(lot=lot, kind="counted", counted=3, moved_at=NOW, **whose)

    for change, rule, words in (
        (set_aside, "sessions_lot_quarantined", "Lot A1 is quarantined ("),
        (recall, "sessions_lot_quarantined", "Lot A1 is quarantined ("),
        (expire, "sessions_lot_expired", "Lot A1 was to be used by 1 Mar 2026."),
        (never_open, "sessions_lot_unopened", "No container of lot A1 has been opened. What was injected?"),
    ):
        with undone():
            change()
            session.refresh_from_db()
            refused(rule, lambda: sign(session, signed_at=LATER))
            assert any(found.startswith(words) for found in findings_of(session, clinician))
    assert signs(session)


def test_a_lot_that_was_never_opened_is_signed_once_it_is_or_with_why(
    save: Save, clinician: Actor, in_clinic: Clinic
) -> None:
    lot = SolutionLotFactory(clinic=in_clinic, product=ProductFactory(clinic=in_clinic), lot_number="B2", quantity=4)
    session = save(a_draft(lot=lot))
    refused("sessions_lot_unopened", lambda: sign(session, signed_at=LATER))
    with undone():
        a_container(in_clinic, lot=lot, opened_at=NOW)
        assert findings_of(session, clinician) == []

    save(a_draft(lot=lot, reasons={"P11:B2": "The bottle is written down tomorrow"}))

    assert findings_of(session, clinician) == []


def test_a_preparation_that_went_off_before_the_needle_is_not_signed(save: Save, in_clinic: Clinic) -> None:
    made = a_preparation(in_clinic, a_container(in_clinic, opened_at=NOW - timedelta(hours=1)), made_at=NOW)
    made.refresh_from_db()
    session = save(a_draft(preparation=made, reasons={}))
    session.first_injected_at = session.ended_at = made.beyond_use_at + timedelta(minutes=1)
    session.is_end_stated = True

    refused("sessions_preparation_past_use", lambda: sign(session, signed_at=NOW + timedelta(hours=5)))


def test_what_the_database_refuses_at_the_signature_is_said_in_words(
    save: Save, clinician: Actor, lot: SolutionLot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = save(a_draft(lot=lot))
    lot_changes.quarantine(lot=lot, reason="a crack", by=clinician, now=NOW)
    monkeypatch.setattr(service, "check_gate", lambda *_args, **_more: None)
    with pytest.raises(PreparationRefusedError, match="This lot is quarantined"):
        service.sign(injection_session=session, version=session.version, by=clinician, now=LATER)


def test_what_is_recalled_stays_quarantined(clinician: Actor, lot: SolutionLot) -> None:
    whose = {"clinic": lot.clinic, "reason": "x", "started_at": NOW, "started_by_id": clinician.membership_id}
    refused("sessions_lot_recalled", lambda: LotRecall.objects.create(lot=lot, **whose))
    recall = lot_recalls.start(lot=lot, reason="Particles", by=clinician, now=NOW)
    LotChange.objects.create(
        clinic=lot.clinic, lot=lot, kind="released", reason="x", changed_at=LATER, changed_by_id=clinician.membership_id
    )
    free = {"quarantined_at": None, "quarantine_reason": ""}
    refused("sessions_lot_recalled", lambda: SolutionLot.objects.filter(pk=lot.pk).update(**free))
    lot_recalls.end(recall=recall, by=clinician, now=LATER)
    lot_changes.release(lot=lot, reason="looked at", by=clinician, now=LATER)

    lot_recalls.reopen(recall=recall, by=clinician, now=LATER)

    lot.refresh_from_db()
    assert (lot.quarantined_at, lot.quarantine_reason) == (LATER, "Particles")


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
