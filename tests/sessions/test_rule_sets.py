"""The clinic's own rules: set with a reason, kept as versions, never weaker than the database, named by a signature."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Clinic, StaffLetter
from common.tenancy import tenant
from scheduling.choices import VisitStatus
from sessions.models import InjectionSession, RuleProposal, RuleSet
from sessions.policies.injection_sessions import GateClosedError
from sessions.queries import worklists
from sessions.queries.rule_sets import rule_history, rule_settings
from sessions.rules import RULES, Level
from sessions.rules.facts import Limits
from sessions.rules.settings import (
    LIMITS,
    Maximum,
    RuleSettings,
    as_json,
    changes,
    from_json,
    is_real_reason,
    problems,
)
from sessions.services import injection_sessions as sessions_service
from sessions.services.rule_sets import RuleSetRefusedError, agree, ask, change, in_force, refuse
from tests.factories.accounts import ClinicFactory, MembershipFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.treatments import SolutionLotFactory, a_draft, actor_of

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
STRICTER = RuleSettings(limits=Limits(point_ml_subcutaneous=Decimal("0.4")))
WEAKER = RuleSettings(limits=Limits(point_ml_subcutaneous=Decimal("1.2")))
REASON = "Our needles deliver 1.2 mL in one go"


@pytest.fixture
def admin(in_clinic: Clinic) -> Actor:
    return actor_of(MembershipFactory(clinic=in_clinic, role=Role.CLINIC_ADMIN))


def put(admin: Actor, settings: RuleSettings = STRICTER, **more: Any) -> RuleSet:
    fields = {"reason": "Small bottles", "version": 0, "by": admin, "now": NOW}
    return change(settings=settings, **{**fields, **more})


# The settings as a value.
def test_every_limit_has_its_words_and_its_bounds() -> None:
    assert set(LIMITS) == set(Limits.__dataclass_fields__)
    assert problems(RuleSettings()) == {}


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_beyond_its_bounds_is_refused_and_at_its_bounds_not(name: str) -> None:
    spec = LIMITS[name]
    for bound, step in ((spec.low, -1), (spec.high, 1)):
        at = RuleSettings(limits=replace(Limits(), **{name: bound}))
        beyond = RuleSettings(limits=replace(Limits(), **{name: bound + step}))
        assert name not in problems(at) or name == "anaesthetic_fraction_warn"
        assert name in problems(beyond)


def test_only_the_ceiling_may_be_left_empty() -> None:
    assert "session_ml_ceiling" not in problems(RuleSettings(limits=Limits(session_ml_ceiling=None)))
    assert "score_rise" in problems(RuleSettings(limits=replace(Limits(), score_rise=None)))  # type: ignore[arg-type]


def test_asking_comes_before_stopping() -> None:
    odd = RuleSettings(
        limits=Limits(anaesthetic_fraction_warn=Decimal("0.9"), anaesthetic_fraction_stop=Decimal("0.8"))
    )
    assert "anaesthetic_fraction_warn" in problems(odd)


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.weakest == Level.STOP])
def test_what_the_database_refuses_cannot_be_weakened(name: str) -> None:
    assert f"level.{name}" in problems(RuleSettings(levels={name: Level.STOP_OR_OVERRIDE}))


@pytest.mark.parametrize("figure", [Decimal(0), Decimal(-1), Decimal(100_000)])
def test_a_maximum_of_nothing_or_of_anything_is_refused(figure: Decimal) -> None:
    assert problems(RuleSettings(maximums={"lidocaine": Maximum(max_mg=figure)}))


figures = st.integers(10, 9900).map(lambda hundredths: Decimal(hundredths) / 100)


@given(figures, st.none() | figures, st.none() | figures, figures)
def test_a_clinics_own_maximum_only_ever_makes_it_smaller(
    on_file: Decimal, per_kg: Decimal | None, most: Decimal | None, weight: Decimal
) -> None:
    lower = Maximum(per_kg, most).lower_of(on_file, weight_kg=weight)
    assert lower <= on_file
    assert lower in {on_file, most, None if per_kg is None else per_kg * weight}


@given(
    st.fixed_dictionaries({"score_rise": st.integers(0, 10), "point_ml_deep": figures}),
    st.dictionaries(st.sampled_from(sorted(RULES)), st.sampled_from(list(Level)), max_size=5),
    st.dictionaries(st.sampled_from(["lidocaine", "procaine"]), st.builds(Maximum, figures, st.none() | figures)),
)
def test_settings_read_back_as_they_were_stored(limits: Any, levels: Any, maximums: Any) -> None:
    levels = {name: level for name, level in levels.items() if level != RULES[name].level}
    settings = RuleSettings(replace(Limits(), **limits), levels, maximums)
    assert from_json(as_json(settings)) == settings
    assert changes(settings, from_json(as_json(settings))) == []


def test_a_later_product_reads_what_an_earlier_one_stored() -> None:
    stored = as_json(STRICTER)
    stored["limits"] |= {"gone": "3"}
    del stored["limits"]["score_rise"]
    stored["levels"]["gone"] = "stop"
    assert from_json(stored) == STRICTER


# The service.
def test_a_change_is_a_new_version_with_who_and_why(admin: Actor) -> None:
    put(admin)
    put(admin, replace(STRICTER, levels={"score_rise": Level.STOP}), version=1, reason="Never again")

    versions = list(rule_history(admin))
    assert [(v.row.version, v.row.reason, v.row.made_by_id) for v in versions] == [
        (2, "Never again", admin.membership_id),
        (1, "Small bottles", admin.membership_id),
    ]
    assert [(c.name, c.before, c.after) for c in versions[1].changes] == [("limit.point_ml_subcutaneous", "1", "0.4")]


@pytest.mark.parametrize(
    ("settings", "more", "words"),
    [
        (STRICTER, {"reason": "  "}, "needs a reason"),
        (RuleSettings(), {}, "Nothing was changed"),
        (RuleSettings(limits=Limits(point_ml_deep=Decimal(61))), {}, "not possible"),
        (RuleSettings(levels={"no_consent": Level.WARNING}), {}, "not possible"),
        (WEAKER, {}, "clinician has to agree"),
        (STRICTER, {"version": 4}, "were changed after you opened"),
    ],
)
def test_a_change_that_cannot_be_is_refused(admin: Actor, settings: RuleSettings, more: Any, words: str) -> None:
    with pytest.raises(RuleSetRefusedError, match=words):
        put(admin, settings, **more)
    assert not RuleSet.objects.exists()


def wait_for(admin: Actor, settings: RuleSettings = WEAKER, **more: Any) -> RuleProposal:
    return ask(settings=settings, **{"reason": REASON, "version": 0, "by": admin, "now": NOW, **more})


def test_what_weakens_a_rule_waits_for_a_clinician_by_name_and_all_of_them_are_told(
    admin: Actor, clinician: Actor
) -> None:
    MembershipFactory(clinic=admin.clinic)
    asked = wait_for(admin)
    assert rule_settings(admin.clinic_id) == RuleSettings()
    assert worklists.counts(clinician, now=NOW).rules == 1
    assert StaffLetter.objects.filter(kind="rules").count() == 2

    made = agree(proposal_id=asked.pk, by=clinician, now=NOW)

    assert (made.weakens, made.made_by_id, made.agreed_by_id) == (True, admin.membership_id, clinician.membership_id)
    assert [c.is_weaker for c in next(rule_history(admin)).changes] == [True]
    assert rule_settings(admin.clinic_id) == WEAKER
    assert worklists.counts(clinician, now=NOW).rules == 0
    assert StaffLetter.objects.filter(kind="rules").count() == 4


def test_a_refusal_changes_nothing_and_lets_another_be_asked_for(admin: Actor, clinician: Actor) -> None:
    asked = wait_for(admin)
    with pytest.raises(RuleSetRefusedError, match="waits for a clinician already"):
        wait_for(admin)
    with pytest.raises(RuleSetRefusedError, match="Enter a reason"):
        refuse(proposal_id=asked.pk, answer=" ", by=clinician, now=NOW)
    refuse(proposal_id=asked.pk, answer="The skin does not take it", by=clinician, now=NOW)
    with pytest.raises(RuleSetRefusedError, match="decided already"):
        agree(proposal_id=asked.pk, by=clinician, now=NOW)
    assert not RuleSet.objects.exists()
    assert wait_for(admin).decided_at is None


def test_an_admin_agrees_to_nothing_and_a_change_in_between_is_not_overwritten(admin: Actor, clinician: Actor) -> None:
    asked = wait_for(admin)
    with pytest.raises(RuleSetRefusedError, match="A clinician agrees"):
        agree(proposal_id=asked.pk, by=admin, now=NOW)
    put(admin)
    with pytest.raises(RuleSetRefusedError, match="Nothing was overwritten"):
        agree(proposal_id=asked.pk, by=clinician, now=NOW)
    assert rule_settings(admin.clinic_id) == STRICTER


def test_a_weaker_rule_needs_a_reason_in_words(admin: Actor) -> None:
    for reason in ("x", "xxxxxxxxxxxxxxxx", "... ... ... ...", "ok ok", "1234567890 12345"):
        assert not is_real_reason(reason), reason
        with pytest.raises(RuleSetRefusedError, match="in words"):
            wait_for(admin, reason=reason)
    assert all(map(is_real_reason, (REASON, "Kleinere Mengen je Punkt", "针头太粗需要更多", "เข็มของเราใหญ่กว่า")))


WEAKENINGS = (
    *(RuleSettings(levels={name: rule.weakest}) for name, rule in RULES.items() if rule.weakest != rule.level),
    *(
        RuleSettings(limits=replace(Limits(), **{name: spec.high if spec.weaker == "up" else spec.low}))
        for name, spec in LIMITS.items()
        if name not in {"session_ml_ceiling", "anaesthetic_fraction_stop", "anaesthetic_fraction_warn"}
    ),
    RuleSettings(limits=Limits(anaesthetic_fraction_warn=Decimal(1))),
)


def test_whatever_is_weaker_is_known_here_and_refused_by_the_database_without_a_clinician(
    admin: Actor, clinician: Actor
) -> None:
    strict = RuleSettings(limits=Limits(session_ml_ceiling=Decimal(30)), maximums={"lidocaine": Maximum(Decimal(3))})
    weaker = [
        replace(strict, levels=one.levels, limits=replace(one.limits, session_ml_ceiling=Decimal(30)))
        for one in WEAKENINGS
    ]
    weaker += [replace(strict, maximums={}), replace(strict, maximums={"lidocaine": Maximum(Decimal(4))})]
    weaker += [replace(strict, limits=Limits()), replace(strict, limits=Limits(session_ml_ceiling=Decimal(31)))]
    put(admin, strict)
    assert len(weaker) > 25
    fields = {
        "clinic_id": admin.clinic_id,
        "version": 2,
        "reason": "x",
        "made_at": NOW,
        "made_by_id": admin.membership_id,
    }
    for settings in weaker:
        assert any(change.is_weaker for change in changes(strict, settings))
        for agreed_by in (None, admin.membership_id):
            with pytest.raises(IntegrityError, match="clinician agrees"), transaction.atomic():
                RuleSet.objects.create(**fields, settings=as_json(settings), agreed_by_id=agreed_by)
    RuleSet.objects.create(**fields, settings=as_json(weaker[0]), weakens=True, agreed_by_id=clinician.membership_id)


def test_the_database_knows_the_floors_and_lets_nobody_below(admin: Actor, clinician: Actor) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sessions_rule_floors(), sessions_limit_ceilings()")
        floors, ceilings = (json.loads(value) for value in cursor.fetchone())
    assert floors == {name: rule.weakest for name, rule in RULES.items() if rule.weakest != Level.WARNING}
    assert ceilings == {name: LIMITS[name].high for name in ("anaesthetic_fraction_stop", "months_of_weight")}
    fields = {"clinic_id": admin.clinic_id, "version": 1, "reason": "x", "made_at": NOW, "weakens": True}
    below: list[dict[str, Any]] = [
        {"levels": {name: level.value}}
        for name, floor in floors.items()
        for level in Level
        if level.is_weaker_than(Level(floor))
    ]
    below += [{"limits": {name: str(high + 1)}} for name, high in ceilings.items()]
    below += [{"limits": {"months_of_weight": None}}, {"levels": {"no_consent": "off"}}]
    for settings in below:
        with pytest.raises(IntegrityError, match="below its floor"), transaction.atomic():
            RuleSet.objects.create(**fields, settings=settings, agreed_by_id=clinician.membership_id)


def test_the_database_keeps_a_proposal_as_it_was_asked_and_decided(admin: Actor, clinician: Actor) -> None:
    asked = wait_for(admin)
    agreed = {"decided_at": NOW, "is_agreed": True}
    for values in (
        {"reason": "another"},
        {"settings": {}},
        {**agreed, "decided_by_id": admin.membership_id},
        {"decided_at": NOW},
        {"decided_at": NOW, "is_agreed": False, "decided_by_id": clinician.membership_id},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            RuleProposal.objects.update(**values)
    with pytest.raises(DatabaseError), transaction.atomic():
        asked.delete()
    agree(proposal_id=asked.pk, by=clinician, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleProposal.objects.update(decided_at=NOW.replace(year=2027))


def test_a_clinic_without_rules_of_its_own_signs_under_the_products(admin: Actor) -> None:
    first = in_force(by=admin, now=NOW)

    assert (first.version, first.made_by_id, from_json(first.settings)) == (1, None, RuleSettings())
    assert in_force(by=admin, now=NOW) == first
    assert rule_settings(admin.clinic_id) == RuleSettings()


@pytest.mark.django_db(transaction=True)
def test_two_first_signatures_at_once_make_one_version() -> None:
    clinic = ClinicFactory()
    with tenant(clinic.pk, actor="test"):
        by = actor_of(MembershipFactory(clinic=clinic))
    gate, found = threading.Barrier(4), set()

    def sign() -> None:
        try:
            with tenant(clinic.pk, actor="test"):
                gate.wait()
                found.add(in_force(by=by, now=NOW).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=sign) for _who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1


# A session.
@pytest.fixture
def clinician(in_clinic: Clinic) -> Actor:
    return actor_of(MembershipFactory(clinic=in_clinic))


@pytest.fixture
def session(in_clinic: Clinic, clinician: Actor) -> InjectionSession:
    visit = AppointmentFactory(clinic=in_clinic, status=VisitStatus.ARRIVED)
    begun = sessions_service.start(appointment=visit, by=clinician, now=NOW)
    draft = a_draft(lot=SolutionLotFactory(clinic=in_clinic))
    return sessions_service.save_draft(injection_session=begun, version=1, draft=draft, by=clinician, now=NOW)


def test_a_session_is_held_to_the_clinics_own_limit(admin: Actor, session: InjectionSession, clinician: Actor) -> None:
    put(admin)
    with pytest.raises(GateClosedError) as closed:
        sessions_service.sign(injection_session=session, version=2, by=clinician, now=NOW)
    assert [finding.rule.id for finding in closed.value.findings] == ["V17"]


def test_a_signature_names_the_version_it_was_given_under(
    admin: Actor, session: InjectionSession, clinician: Actor
) -> None:
    version = put(admin, RuleSettings(limits=Limits(score_rise=1)))
    signed = sessions_service.sign(injection_session=session, version=2, by=clinician, now=NOW)
    assert signed.rule_set == version


# The database.
@pytest.mark.parametrize("values", [{"reason": "x"}, {"version": 7}, {"settings": {}}])
def test_the_database_refuses_a_change_of_a_version(admin: Actor, values: dict[str, Any]) -> None:
    put(admin)
    with pytest.raises(DatabaseError, match="stays as it was"), transaction.atomic():
        RuleSet.objects.update(**values)


def test_the_database_refuses_to_lose_a_version(admin: Actor) -> None:
    row = put(admin)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()


@pytest.mark.parametrize("values", [{"version": 3}, {"version": 1}, {"reason": ""}])
def test_the_database_refuses_a_version_out_of_line(admin: Actor, values: dict[str, Any]) -> None:
    put(admin)
    fields = {"clinic_id": admin.clinic_id, "version": 2, "settings": {}, "reason": "x", "made_at": NOW} | values
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleSet.objects.create(**fields)


# The page.
def typed(client: Client, **changed: str) -> dict[str, str]:
    """The page's form as it stands, with what is changed."""
    form = client.get(reverse("sessions:rules")).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: str(value) for name, value in values.items() if value is not None and value is not False} | changed


@pytest.fixture
def client_of_admin(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINIC_ADMIN, clinic=clinic)


@pytest.mark.django_db
def test_the_page_puts_a_limit_in_force_and_shows_the_default_beside_it(
    clinic: Clinic, client_of_admin: Client
) -> None:
    page = reverse("sessions:rules")
    answer = client_of_admin.post(
        page, typed(client_of_admin, limit_point_ml_subcutaneous="0.8", reason="Small bottles"), follow=True
    )

    assert "Version 1 of the rules is in force." in answer.content.decode()
    assert "Small bottles" in answer.content.decode()
    rows = {row.spec.name: row for row in answer.context["form"].limit_rows}
    assert (rows["point_ml_subcutaneous"].default, rows["point_ml_subcutaneous"].field.value()) == ("1", Decimal("0.8"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"limit_point_ml_deep": "lots"}, "Write a number"),
        ({"limit_point_ml_deep": "1000"}, "This lies between 0.01 and 60."),
        ({"limit_score_rise": ""}, "required"),
        ({"limit_anaesthetic_fraction_stop": "0.5"}, "Asking must come before stopping."),
        ({"maximum_lidocaine_max_mg": "-3"}, "This cannot be a maximum dose."),
        ({"limit_score_rise": "3", "reason": ""}, "required"),
        ({"level_side_missing": "warning", "reason": "x"}, "Explain in words"),
        ({"level_side_missing": "off"}, "Choose one of the options"),
        ({}, "Nothing was changed."),
    ],
)
def test_the_page_refuses_nonsense_kindly(client_of_admin: Client, changed: dict[str, str], words: str) -> None:
    answer = client_of_admin.post(reverse("sessions:rules"), {**typed(client_of_admin), "reason": "Because", **changed})
    assert answer.status_code == 422
    assert words in answer.content.decode()


@pytest.mark.django_db
def test_a_rule_the_database_holds_offers_no_choice(client_of_admin: Client) -> None:
    rows = {row.rule.id: row for row in client_of_admin.get(reverse("sessions:rules")).context["form"].level_rows}
    assert [rows[id_].field for id_ in ("V09", "V16", "V20")] == [None] * 3
    assert rows["V15"].field is not None


@pytest.mark.django_db
def test_the_page_lets_a_weaker_rule_wait_and_a_clinician_reads_it_agrees_or_not(
    clinic: Clinic, client_of_admin: Client, staff_client: Callable[..., Client]
) -> None:
    clinician, auditor = (staff_client(role, clinic=clinic) for role in (Role.CLINICIAN, Role.AUDITOR))
    read = reverse("sessions:rules_in_force")
    for _twice in range(2):
        typed_now = typed(client_of_admin, limit_point_ml_deep="12", reason=REASON)
        answer = client_of_admin.post(reverse("sessions:rules"), typed_now, follow=True)
        assert "a clinician has to agree" in answer.content.decode()
        page = clinician.get(read).content.decode()
        assert REASON in page
        assert "Agree to the change" in page
        assert "10 → 12" in page
        waiting = clinician.get(read).context["waiting"].row
        assert "Agree to the change" not in auditor.get(read).content.decode()
        urls = [reverse(f"sessions:{name}", args=[waiting.pk]) for name in ("agree_to_rules", "refuse_rules")]
        assert [client_of_admin.post(urls[0]).status_code, auditor.post(urls[1]).status_code] == [403, 403]
        if _twice == 0:
            assert clinician.post(urls[1], {"answer": ""}).status_code == 422
            assert "refused" in clinician.post(urls[1], {"answer": "Too much"}, follow=True).content.decode()
    assert "You agreed: version 1" in clinician.post(urls[0], follow=True).content.decode()
    page = clinician.get(read).content.decode()
    assert "agreed by" in page
    assert "Agree to the change" not in page
