"""The clinic's own rules: set with a reason, kept as versions, never weaker than the database, named by a signature."""

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
from accounts.models import Clinic
from common.tenancy import tenant
from scheduling.choices import VisitStatus
from sessions.models import InjectionSession, RuleSet
from sessions.policies.injection_sessions import GateClosedError
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
    problems,
)
from sessions.services import injection_sessions as sessions_service
from sessions.services.rule_sets import RuleSetRefusedError, change, in_force
from tests.factories.accounts import ClinicFactory, MembershipFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.treatments import SolutionLotFactory, a_draft, actor_of

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
STRICTER = RuleSettings(limits=Limits(point_ml_subcutaneous=Decimal("0.4")))


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
    put(admin, RuleSettings(), version=1, reason="Back again")

    versions = list(rule_history(admin))
    assert [(v.row.version, v.row.reason, v.row.made_by_id) for v in versions] == [
        (2, "Back again", admin.membership_id),
        (1, "Small bottles", admin.membership_id),
    ]
    assert [(c.name, c.before, c.after) for c in versions[1].changes] == [("limit.point_ml_subcutaneous", "1", "0.4")]


@pytest.mark.parametrize(
    ("settings", "more", "words"),
    [
        (STRICTER, {"reason": "  "}, "needs a reason"),
        (RuleSettings(), {}, "Nothing was changed"),
        (RuleSettings(limits=Limits(point_ml_deep=Decimal(61))), {}, "not possible"),
        (RuleSettings(levels={"no_consent": Level.WARNING}), {}, "no longer stop"),
        (STRICTER, {"version": 4}, "Somebody else"),
    ],
)
def test_a_change_that_cannot_be_is_refused(admin: Actor, settings: RuleSettings, more: Any, words: str) -> None:
    with pytest.raises(RuleSetRefusedError, match=words):
        put(admin, settings, **more)
    assert not RuleSet.objects.exists()


def test_a_stop_becomes_weaker_only_knowingly_and_the_history_says_so(admin: Actor) -> None:
    put(admin, RuleSettings(levels={"no_consent": Level.WARNING}), confirms_weaker=True)

    assert [c.is_weaker_stop for c in next(rule_history(admin)).changes] == [True]
    assert rule_settings(admin.clinic_id).level_of("no_consent") == Level.WARNING


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
    version = put(admin, RuleSettings(limits=Limits(score_rise=3)))
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
        ({"level_no_consent": "warning"}, "A stop would no longer stop: confirm it."),
        ({"level_no_consent": "off"}, "Choose one of the options"),
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
    assert rows["V16"].field is None
    assert rows["V09"].field is not None
