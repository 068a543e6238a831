"""What is sealed is what the page showed: the tray, the allergy in its own words, the answer that the points give."""

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

from accounts.models import Clinic
from catalogue.models import Nerve, Solution
from common.tenancy import tenant
from patients.choices import Substance, allergy_words
from patients.models import Allergy
from scheduling.models import Appointment
from sessions.choices import TimeOutItem
from sessions.drafts import TimeOutRow
from sessions.models import InjectionSession, Preparation
from sessions.queries.injection_sessions import load
from sessions.queries.session_facts import facts_of
from sessions.rules import findings
from sessions.services import injection_sessions
from tests.factories.treatments import a_container, a_draft, a_preparation, actor_of
from tests.sessions.test_papers import note
from tests.sessions.test_session_browser import begin

OWN = InjectionSession.objects.select_related("clinic", "patient", "course__patient_condition", "consent", "clinician")


def trays(clinic: Clinic) -> list[Preparation]:
    now = timezone.now()
    return [a_preparation(clinic, a_container(clinic, opened_at=now), made_at=now) for _ in range(2)]


def saved(session: InjectionSession, **changes: Any) -> InjectionSession:
    session = OWN.get(pk=session.pk)
    draft = a_draft(**changes)
    return injection_sessions.save_draft(
        injection_session=session,
        version=session.version,
        draft=draft,
        by=actor_of(session.clinician),
        now=timezone.now(),
    )


@pytest.mark.django_db
def test_the_record_names_the_tray_the_allergy_and_the_site_in_their_own_words(
    clinic: Clinic, visit: Appointment
) -> None:
    client: Client = visit.client  # type: ignore[attr-defined]  # the member who signs in
    with tenant(clinic.pk, actor="test"):
        given, tray = trays(clinic)
        whose: dict[str, Any] = {"clinic": clinic, "patient": visit.patient, "recorded_at": timezone.now()}
        Allergy.objects.create(substance="other", substance_text="Penicillin", **whose)
        Allergy.objects.create(substance="corn", substance_text="Maize starch", **whose)
    begin(visit)
    with tenant(clinic.pk, actor="test"):
        session = OWN.get()
        draft = a_draft(preparation=given)
        rib = Nerve.objects.get(code="N035")
        answers = draft.answers | {"ALLERGY": (True, ""), "PLEURA": (False, "")}
        points = tuple(replace(point, nerve_id=rib.pk) for point in draft.points)
        typed: dict[str, Any] = {"answers": answers, "points": points, "preparation_id": tray.pk}
        saved(session, **typed)
        card = load(OWN.get()).time_out_card
        ticked = TimeOutRow(card.token, frozenset(TimeOutItem.values), card.said)
        saved(session, **typed, consent=None, time_out=ticked)
    tray_said = f"Points 1 name preparation {given.code}, but {tray.code} stands on the tray. Which one was injected?"
    site_said = f"Lung risk: answered no, but {rib.name} is among the points."
    open_page = client.get(reverse("sessions:edit", args=[session.pk])).content.decode()
    looked_over = client.get(reverse("sessions:sign", args=[session.pk])).content.decode()
    for words in (tray_said, site_said, "Allergy: Maize starch (Corn (maize))."):
        assert words in open_page
        assert words in looked_over
    with tenant(clinic.pk, actor="test"):
        session = OWN.get()
        found = findings_of(session)
        assert {"P15", "P16", "V25"} <= {one.rule.id for one in found}
        reasons = {one.key: "asked and looked at" for one in found}
        injection_sessions.sign(
            injection_session=session,
            version=session.version,
            by=actor_of(session.clinician),
            now=timezone.now(),
            reasons=reasons,
        )
        Allergy.objects.update(ended_at=timezone.now())
    record = client.get(reverse("sessions:view", args=[session.pk])).content.decode()
    paper = note(client, session)
    on_file = "Penicillin, Maize starch (Corn (maize))"
    for text in (record, paper):
        assert "Something else" not in text
        assert f"Allergy: yes, {on_file}" in text
        assert tray_said in text
    assert re.search(rf"llergy</dt><dd>{re.escape(on_file)}</dd>", record)
    assert record.count(site_said) == 2  # beside the answer, and among what went ahead
    assert f"CONCERN: Lung risk: no. {site_said}" in paper


@pytest.mark.django_db
def test_a_tray_that_no_point_names_is_found_until_it_is_one_and_the_page_offers_to_change_them(
    clinic: Clinic, visit: Appointment
) -> None:
    """As the page comes back from "Prepare": the new preparation stands on the tray, the points were typed before."""
    client: Client = visit.client  # type: ignore[attr-defined]  # the member who signs in
    begin(visit)
    with tenant(clinic.pk, actor="test"):
        session = OWN.get()
        _given, tray = trays(clinic)
        one = a_draft().points[0]
        plain = Solution.objects.exclude(pk=tray.solution_id).filter(code="D5W_PLAIN").get()
        bare = replace(one, lot_id=None, preparation_id=None)
        points = (replace(bare, solution_id=plain.pk), replace(bare, solution_id=tray.solution_id))
        saved(session, points=points, preparation_id=tray.pk)
    said = f"Points 1, 2 name no preparation, but {tray.code} stands on the tray. Which one was injected?"
    for name in ("edit", "sign"):
        assert said in client.get(reverse(f"sessions:{name}", args=[session.pk])).content.decode()
    assert "data-change-others" in client.get(reverse("sessions:edit", args=[session.pk])).content.decode()
    with tenant(clinic.pk, actor="test"):
        assert "P15" in {found.rule.id for found in findings_of(OWN.get())}
        fixed = tuple(
            replace(p, solution_id=tray.solution_id, preparation_id=tray.pk, lot_id=tray.parts.get().container.lot_id)
            for p in points
        )
        saved(session, points=fixed, preparation_id=tray.pk)
        assert "P15" not in {found.rule.id for found in findings_of(OWN.get())}


def findings_of(session: InjectionSession) -> list[Any]:
    return [one for one in findings(facts_of(load(session), now=timezone.now())) if one.is_answerable]


@pytest.mark.django_db
def test_the_open_page_follows_the_register_and_every_tap_has_its_words(clinic: Clinic, visit: Appointment) -> None:
    client: Client = visit.client  # type: ignore[attr-defined]  # the member who signs in
    path = begin(visit)
    page = client.get(path).content.decode()
    now_buttons = re.findall(r"<button[^>]*data-now=[^>]*>", page)
    assert len(now_buttons) >= 3
    assert [button for button in now_buttons if not re.search(r'data-words="[^"]+"', button)] == []
    # What follows the typing follows the save too: a finding is never one change behind.
    assert "draft-saved from:closest form" in page
    with tenant(clinic.pk, actor="test"):
        session = OWN.get()
        whose: dict[str, Any] = {"clinic": clinic, "patient": visit.patient, "recorded_at": timezone.now()}
        Allergy.objects.create(substance="other", substance_text="Penicillin", **whose)
    typed = {"points-TOTAL_FORMS": "0", "points-INITIAL_FORMS": "0", "version": "1"}
    live = client.post(reverse("sessions:totals", args=[session.pk]), typed).content.decode()
    banner = re.search(r'<template data-live="banner">(.*?)</template>', live, re.S)
    assert banner
    assert "Allergy: Penicillin" in banner[1]
    assert "not saved yet" not in live


@pytest.mark.django_db
def test_another_allergy_of_the_same_class_is_read_aloud_again(clinic: Clinic, visit: Appointment) -> None:
    begin(visit)
    with tenant(clinic.pk, actor="test"):
        whose: dict[str, Any] = {"clinic": clinic, "patient": visit.patient, "recorded_at": timezone.now()}
        Allergy.objects.create(substance="other", substance_text="Penicillin", **whose)
        session = OWN.get()
        saved(session)
        card = load(OWN.get()).time_out_card
        saved(session, consent=None, time_out=TimeOutRow(card.token, frozenset(TimeOutItem.values), card.said))
        assert not load(OWN.get()).time_out_card.changed
        Allergy.objects.create(substance="other", substance_text="Iodine", **whose)
        assert load(OWN.get()).time_out_card.changed == ("the allergies",)
        assert [one.english for one in findings_of(OWN.get()) if one.rule.id == "P04"] == [
            "After the time-out this was changed: the allergies. Confirm it again."
        ]


def test_an_allergy_is_said_in_its_own_words_before_its_class() -> None:
    for substance in Substance:
        alone = allergy_words(substance, "")
        assert alone == str(substance.label)
        assert allergy_words(substance, alone.upper()) == alone
        assert allergy_words(substance, "Zinc").startswith("Zinc")
    assert allergy_words("other", "Zinc") == "Zinc"
    assert allergy_words("latex", "Zinc") == "Zinc (Latex)"


def test_the_tray_offers_the_points_that_name_another_bottle_or_none() -> None:
    """The rule of the page's script, without a browser."""
    source = (Path(__file__).parents[2] / "static/js/session/preparation.js").read_text()
    source = re.sub(r"^import .*$", "", source, flags=re.M)
    script = """
    const card = { value: "B", dataset: { solution: "d5w", lot: "L2", code: "3011-7" } };
    const all = [
      { n: 1, preparation: "A", lot: "L1", solution: "d5w" },
      { n: 2, preparation: "B", lot: "L2", solution: "d5w" },
      { n: 3, preparation: "", lot: "L9", solution: "d5w" },
      { n: 4, preparation: "", lot: "L2", solution: "d5w" },
      { n: 5, preparation: "", lot: "", solution: "d5w" },
      { n: 6, preparation: "", lot: "L9", solution: "saline" },
      { n: 7, preparation: "C", lot: "L3", solution: "saline" },
    ];
    const none = { value: "", dataset: {} };
    console.log(JSON.stringify([others(all, card).map((one) => one.n), others(all, none), others(all, undefined)]));
    """
    ran = subprocess.run(
        ["node", "--input-type=module"], input=source + script, capture_output=True, text=True, check=True
    )
    assert json.loads(ran.stdout) == [[1, 3, 5, 7], [], []]
