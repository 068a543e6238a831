"""Words are heard: nothing is thanked for before the danger signs were asked, and words alone are never left lying."""

from datetime import timedelta

import pytest

from accounts.models import Clinic
from common.spoken_languages import OTHER
from common.tenancy import tenant
from sessions.choices import Moment, Priority, Question, Source
from sessions.models import SideEffect
from tests.factories.sessions import PainScoreFactory
from tests.portal.visits import Told, told


@pytest.fixture
def visit(clinic: Clinic) -> Told:
    inside = told(clinic)
    inside.enter()
    inside.tap("pain", score="3")
    inside.tap("relief", answer="lasting")
    return inside


def _reports(visit: Told) -> list[SideEffect]:
    with tenant(visit.clinic.pk):
        return list(SideEffect.objects.order_by("reported_at"))


def test_words_of_an_emergency_are_one_at_once_and_lead_to_the_signs(visit):
    answer = visit.tap("worry", words="I cannot breathe and my leg is paralysed")
    assert answer["Location"] == visit.address("signs")
    (report,) = _reports(visit)
    assert (report.priority, report.danger_signs) == (Priority.P0, [])
    assert report.triage_reason == "The words may tell of: Breathlessness or chest pain; New limb weakness."
    page = visit.get("signs").content.decode()
    assert page.index("Call for help now") < page.index("Is one of these happening?</h1>")
    assert visit.get("done")["Location"] == visit.address("call")
    assert b"Call for help now" in visit.get("call").content


def test_unclear_words_are_called_about_today_and_get_no_thanks(visit):
    assert visit.tap("worry", words="It feels strange")["Location"] == visit.address("signs")
    (report,) = _reports(visit)
    assert (report.priority, report.description) == (Priority.P1, "It feels strange")
    page = visit.get("signs").content.decode()
    assert "Is one of these happening?" in page
    assert page.count('name="sign"') == 12
    assert visit.tap("signs", none="1")["Location"] == visit.address("call")
    page = visit.get("call").content
    assert b"Please call us now" in page
    assert b"Thank you" not in page
    assert len(_reports(visit)) == 1


def test_words_that_all_is_well_are_thanked_for_once_the_signs_were_asked(visit):
    assert visit.tap("worry", words="No chest pain, no fever, all is fine, thank you")["Location"] == visit.address(
        "signs"
    )
    assert _reports(visit)[0].priority == Priority.P1
    assert visit.get("done")["Location"] == visit.address("signs")
    assert visit.tap("signs", none="1")["Location"] == visit.address("done")
    page = visit.get("done").content.decode()
    assert "Thank you" in page
    assert "The clinic reads what you wrote today." in page
    assert "Please call us now" not in page
    visit.tap("worry", words="Thanks")
    assert visit.get("done")["Location"] == visit.address("signs")  # asked again after each report
    visit.tap("worry", words="My leg is odd")
    assert visit.tap("signs", none="1")["Location"] == visit.address("call")


def test_words_that_all_is_well_beside_a_high_pain_are_called_about(clinic):
    visit = told(clinic)
    visit.enter()
    visit.tap("pain", score="9")
    visit.tap("worry", words="All is fine, thank you")
    assert visit.tap("signs", none="1")["Location"] == visit.address("call")


def test_words_nobody_can_read_beside_a_high_pain_are_an_emergency(clinic):
    for score, language, words, priority in (
        ("9", "en", "መተንፈስ አልችልም", Priority.P0),
        ("9", "tl", "Hindi ako makahinga", Priority.P0),
        ("3", "en", "መተንፈስ አልችልም", Priority.P1),
        ("9", "en", "It feels strange", Priority.P1),
    ):
        visit = told(clinic, language=language)
        visit.enter()
        visit.tap("pain", score=score)
        visit.tap("worry", words=words)
        with tenant(clinic.pk):
            report = SideEffect.objects.get(patient=visit.session.patient)
        assert report.priority == priority, words
        assert bool(report.triage_reason) is (priority == Priority.P0)


def test_words_in_another_language_beside_a_high_pain_are_an_emergency_whatever_they_say(clinic):
    for words in ("Hindi ako makahinga", "It feels strange"):
        report = _told_beside_high_pain(clinic, OTHER, words)
        assert report.priority == Priority.P0, words
        assert report.triage_reason == "High pain, and words in a language that the lists do not know."


def test_words_of_an_emergency_are_heard_from_who_speaks_chinese(clinic):
    for words in ("我不能呼吸", "我唔到氣，呼吸困難"):
        report = _told_beside_high_pain(clinic, "zh", words)
        assert report.priority == Priority.P0, words
        assert report.triage_reason == "The words may tell of: Breathlessness or chest pain."
    assert _told_beside_high_pain(clinic, "zh", "感觉很奇怪").priority == Priority.P1
    assert _told_beside_high_pain(clinic, "zh", "ደህና ነኝ").priority == Priority.P0


def _told_beside_high_pain(clinic: Clinic, language: str, words: str) -> SideEffect:
    visit = told(clinic, language=language)
    visit.enter()
    visit.tap("pain", score="9")
    visit.tap("worry", words=words)
    with tenant(clinic.pk):
        return SideEffect.objects.get(patient=visit.session.patient)


def test_a_sign_tapped_after_words_is_told_with_the_words(visit):
    visit.tap("worry", words="It feels strange")
    answer = visit.tap("signs", sign="weakness")
    assert b"Call for help now" in answer.content
    _words, sign = _reports(visit)
    assert (sign.priority, sign.danger_signs, sign.description) == (Priority.P0, ["weakness"], "It feels strange")


def test_words_beside_no_nothing_are_heard(visit):
    assert visit.tap("worry", words="My tongue is swollen", nothing="1")["Location"] == visit.address("signs")
    assert _reports(visit)[0].priority == Priority.P0


def test_what_a_patient_writes_on_joins_what_they_reported_and_is_as_loud_as_it_says(clinic):
    visit = told(clinic)
    visit.enter()
    for number in range(6):
        visit.tap("worry", words=f"It still feels strange, {number}")
    assert [one.priority for one in _reports(visit)] == [Priority.P1] * 3
    assert _reports(visit)[-1].description.endswith("It still feels strange, 5")
    for words in ("I cannot breathe", "I really cannot breathe", "It is cold"):
        visit.tap("worry", words=words)
    urgent = _reports(visit)[-1]
    assert (len(_reports(visit)), urgent.priority) == (4, Priority.P0)
    assert urgent.description == "I cannot breathe\nI really cannot breathe\nIt is cold"


def test_who_comes_back_is_led_to_what_to_do_about_what_they_told(clinic):
    visit = told(clinic)
    visit.enter()
    assert "You told us about a problem" not in visit.get("pain").content.decode()
    visit.tap("worry", sign="vision")
    page = visit.get("pain").content.decode()
    assert "You told us about a problem" in page
    assert visit.address("call") in page


def test_no_answer_to_the_signs_is_asked_again(visit):
    assert visit.tap("signs").status_code == 422
    assert visit.tap("signs", sign="nonsense").status_code == 422


@pytest.mark.parametrize(("score", "is_asked"), [("8", True), ("10", True), ("5", True), ("4", False), ("skip", False)])
def test_a_high_or_suddenly_higher_score_asks_for_the_signs_by_name(clinic, score, is_asked):
    """The patient said 3 by phone the evening before: two points more matter (domain.md §7)."""
    visit = told(clinic)
    with tenant(clinic.pk, actor="test"):
        PainScoreFactory(
            clinic=clinic,
            injection_session=visit.session,
            question=Question.NOW,
            moment=Moment.CARE_0H,
            source=Source.PHONE,
            score=3,
            measured_at=visit.session.signed_at + timedelta(hours=3),
        )
    visit.enter()
    visit.tap("pain", score=score)
    visit.tap("relief", answer="lasting")
    page = visit.get("worry").content.decode()
    assert ("Is one of these happening?" in page) is is_asked
    visit.tap("worry", nothing="1")
    assert ("Your pain is strong" in visit.get("done").content.decode()) is is_asked


def test_every_sign_stands_before_the_way_out_and_the_emergency_number_before_every_sign(visit):
    page = visit.get("worry").content.decode()
    assert page.count('name="sign"') == 12
    assert page.rindex('name="sign"') < page.index('name="words"') < page.index('name="nothing"')
    assert page.index(f"tel:{visit.clinic.emergency_number}") < page.index('name="sign"')


def test_the_emergency_words_and_a_way_to_report_are_in_every_page(visit):
    for page in ("worry", "signs", "start"):
        content = visit.browser.get(visit.address(page), follow=True).content.decode()
        assert 'id="emergency"' in content
        assert visit.clinic.urgent_phone.as_international in content
    visit.tap("worry", nothing="1")
    assert visit.address("worry") in visit.get("done").content.decode()
    for address in (visit.url, f"{visit.url}sent/", f"/p/{visit.clinic.link_code}-{'x' * 27}/"):
        content = visit.browser.get(address).content.decode()
        assert 'href="#emergency"' in content
        assert 'id="emergency"' in content
        assert f"tel:{visit.clinic.emergency_number}" in content


def test_a_sign_tapped_by_mistake_is_noted_and_still_looked_at(visit):
    visit.tap("worry", sign="breathless")
    (report,) = _reports(visit)
    assert visit.tap("mistake", report=str(report.pk))["Location"] == visit.address("worry")
    assert b"by mistake" in visit.get("worry").content
    (report,) = _reports(visit)
    assert (report.priority, report.status) == (Priority.P0, "open")
    assert report.taken_back_at is not None
    assert b"Thank you" in visit.get("done").content
    visit.tap("worry", sign="breathless")
    assert len(_reports(visit)) == 2


def test_nobody_takes_back_anothers_report(visit, clinic):
    other = told(clinic)
    other.enter()
    other.tap("worry", sign="breathless")
    (report,) = _reports(other)
    for odd in (str(report.pk), "", "x"):
        visit.tap("mistake", report=odd)
    assert _reports(other)[0].taken_back_at is None


def test_a_report_made_before_the_questions_leaves_them_open(clinic):
    visit = told(clinic)
    visit.enter()
    visit.tap("worry", sign="pus")
    assert visit.address("start").encode() in visit.get("call").content
    visit.tap("pain", score="6")
    assert visit.get("start")["Location"] == visit.address("relief")
