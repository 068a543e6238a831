"""Two patients in one browser: tabs, Back, a family phone, offers. Each answer lands where it was asked."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Clinic
from common.tenancy import tenant
from sessions.models import PainScore, ReliefReport, SideEffect
from tests.portal.visits import Told, told


@pytest.fixture
def family(clinic: Clinic) -> tuple[Told, Told]:
    """Two patients whose links were opened one after the other in one browser."""
    first = told(clinic, given_names="Ada", family_name="Berg")
    second = told(clinic, given_names="Ben", family_name="Berg")
    first.browser = second.browser = Client()
    first.enter()
    second.enter()
    return first, second


def _whose(visit: Told, model: type) -> list[object]:
    with tenant(visit.clinic.pk):
        return list(model.objects.values_list("patient_id", flat=True))  # type: ignore[attr-defined]


def test_an_answer_in_the_first_tab_is_the_first_patients_after_the_second_link_was_opened(family):
    first, second = family

    first.tap("worry", sign="breathless")
    first.tap("pain", score="9")
    second.tap("pain", score="2")
    second.tap("relief", answer="lasting")

    assert _whose(first, SideEffect) == [first.session.patient_id]
    assert _whose(first, ReliefReport) == [second.session.patient_id]
    with tenant(first.clinic.pk):
        scores = dict(PainScore.objects.values_list("patient_id", "score"))
    assert scores == {first.session.patient_id: 9, second.session.patient_id: 2}


def test_each_page_says_whose_it_is_and_its_title_does_not(family):
    first, second = family
    for visit, name, other in ((first, "Ada Berg", "Ben Berg"), (second, "Ben Berg", "Ada Berg")):
        for page in ("pain", "relief", "worry", "signs"):
            text = visit.get(page).content.decode()
            assert name in text
            assert other not in text
            title = text.split("<title>")[1].split("</title>")[0]
            assert "Berg" not in title
            assert "Your check-in" not in title


@pytest.mark.parametrize("page", ["pain", "relief", "worry", "signs"])
def test_a_form_of_another_check_in_is_refused_and_says_so(family, page):
    first, second = family
    answer = {"score": "9", "answer": "never", "sign": "breathless"}

    for whose in (second.whose, "", "x"):
        refused = first.tap(page, **answer, whose=whose)
        assert refused.status_code == 409
        assert b"Nothing was saved" in refused.content
        assert b"Ada Berg" in refused.content

    for model in (SideEffect, PainScore, ReliefReport):
        assert _whose(first, model) == []


def test_an_address_without_its_own_cookie_opens_nothing(family, clinic):
    first, second = family
    stranger = Client()
    stranger.cookies[first.cookie] = second.browser.cookies[second.cookie].value
    assert stranger.get(first.address("pain")).status_code == 403
    assert stranger.get(second.address("pain")).status_code == 403
    page = stranger.get(first.address("pain")).content.decode()
    assert clinic.urgent_phone.as_international in page
    assert clinic.emergency_number in page


def test_a_check_in_under_another_clinics_code_opens_nothing(family, other_clinic):
    first, _second = family
    address = first.address("pain").replace(first.clinic.link_code, other_clinic.link_code)
    assert first.browser.get(address).status_code == 403


def test_the_cookie_goes_to_its_own_address_alone(family):
    first, second = family
    for visit in family:
        cookie = visit.browser.cookies[visit.cookie]
        assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (visit.start, True, "Lax")
    assert first.start != second.start


def test_no_order_of_two_links_writes_to_the_wrong_patient(clinic, figure: Callable[[str, float], None]):
    """Every order in which two people can tap in one browser, with each other's forms and addresses."""
    wrong = 0
    for opened in ((0, 1), (1, 0)):
        for answers in ((0, 1), (1, 0), (0, 0), (1, 1)):
            two = [told(clinic), told(clinic)]
            browser = Client()
            for number in opened:
                two[number].browser = browser
                two[number].enter()
            for number in answers:
                two[number].tap("worry", sign="vision", words=str(number))
                two[number].tap("worry", sign="vision", words="of the other", whose=two[1 - number].whose)
            with tenant(clinic.pk):
                for number, visit in enumerate(two):
                    own = SideEffect.objects.filter(patient_id=visit.session.patient_id)
                    expected = {str(number)} if number in answers else set()
                    wrong += set(own.values_list("description", flat=True)) != expected
    figure("two_links_wrong_patient", wrong)
    assert wrong == 0
