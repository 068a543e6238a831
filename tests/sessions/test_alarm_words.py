"""Words that may tell of a danger sign: what is heard, what is denied, and that no text breaks the listening."""

import doctest

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common import spoken_languages as languages
from sessions import alarm_phrases, alarm_words, triage
from sessions.alarm_phrases import plain_phrases
from sessions.alarm_words import is_all_clear, is_readable, signs_in
from sessions.choices import DangerSign

# On a busy machine the making of texts is slow, which says nothing about what is tested.
patiently = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("I CANNOT BREATHE", "breathless"),
        ("it’s hard to breathe", "breathless"),
        ("My chest feels tight", "breathless"),
        ("Ich bekomme keine Luft", "breathless"),
        ("je ne peux plus respirer", "breathless"),
        ("no puedo respirar", "breathless"),
        ("لا أستطيع التنفس", "breathless"),
        ("my tongue is very swollen", "swelling"),
        ("She passed out", "collapse"),
        ("I can’t see with my left eye", "vision"),
        ("can't move my left arm", "weakness"),
        ("Mein Bein ist plötzlich schwach", "weakness"),
        ("I wet myself", "bladder"),
        ("Worst headache ever", "headache"),
        ("No fever. I fainted", "collapse"),
        ("Fever? No, chest pain", "breathless"),
        ("je n’arrive plus à respirer", "breathless"),
        ("Duszno mi", "breathless"),
        ("bacağım tutmuyor", "weakness"),
        ("noga mi zwiotczała", "weakness"),
        ("我的腿没有力气", "weakness"),
        ("My foot is dropping", "weakness"),
    ],
)
def test_a_sign_is_heard(text, sign):
    assert sign in signs_in(text)


@pytest.mark.parametrize(
    "text", ["", "A bruise", "No chest pain", "no trouble breathing", "I have not fainted", "Kein Herzinfarkt", "sore"]
)
def test_what_is_denied_or_harmless_is_none(text):
    assert signs_in(text) == []


@patiently
@given(before=st.text(max_size=200), after=st.text(max_size=200))
def test_an_emergency_is_heard_in_the_middle_of_anything(before, after):
    assert DangerSign.WEAKNESS in signs_in(f"{before}. my leg is paralysed. {after}")


@patiently
@given(st.text(max_size=1000))
def test_only_signs_come_out_of_any_text(text):
    assert set(signs_in(text)) <= set(DangerSign)


# As people write them, one of each language that is often heard in a clinic, for each sign in its turn.
_SPOKEN = """
breathless: Nie mogę oddychać / nefes alamıyorum / Я не могу дышать
breathless: не можу дихати / non riesco a respirare
breathless: não consigo respirar / ik kan niet ademen / nu pot să respir
breathless: δεν μπορώ να αναπνεύσω / tôi không thể thở
breathless: 我不能呼吸 / 息ができない / 숨을 쉴 수 없어요
breathless: मैं सांस नहीं ले पा रहा हूँ / نمی‌توانم نفس بکشم / หายใจไม่ออก
breathless: boli mnie klatka piersiowa / göğsüm ağrıyor / у меня болит грудь
breathless: 胸が痛いです / سینه‌ام درد می‌کند / đau ngực
swelling: spuchł mi język / dilim şişti / у меня опух язык
swelling: mi si è gonfiata la lingua / a minha língua está inchada
swelling: mi s-a umflat limba / πρήστηκε η γλώσσα μου / lưỡi tôi bị sưng
swelling: 我的舌头肿了 / 혀가 부었어요 / मेरी जीभ सूज गई है
collapse: zemdlałam / bayıldım / я упала в обморок / sono svenuta
collapse: desmaiei / ik ben flauwgevallen / am leșinat / غش کردم
vision: nic nie widzę / göremiyorum / я ничего не вижу / nu văd nimic
vision: 看不见了 / 目が見えません / 앞이 안 보여요 / نمی‌بینم
weakness: nie mogę ruszać nogą / kolumu oynatamıyorum
weakness: не могу пошевелить ногой / non riesco a muovere la gamba
weakness: nu pot să mișc piciorul / 我的腿不能动 / 足が動きません
weakness: 다리를 움직일 수 없어요 / मैं अपना हाथ नहीं हिला पा रहा
bladder: nie trzymam moczu / idrarımı tutamıyorum / non controllo la vescica
bladder: 我控制不住小便 / 소변을 참을 수 없어요
headache: najgorszy ból głowy w życiu / en kötü baş ağrısı / il peggior mal di testa
headache: 最严重的头痛 / بدترین سردرد عمرم
"""


def test_a_sign_is_heard_in_the_languages_of_the_patients():
    for line in _SPOKEN.strip().splitlines():
        sign, _colon, texts = line.partition(": ")
        for text in texts.split(" / "):
            assert signs_in(text) == [sign], text


def test_every_language_a_patient_can_have_knows_every_sign_and_every_phrase_is_heard():
    assert {code for code, _name in languages.choices_of_patients()} - {languages.OTHER} <= alarm_phrases.LANGUAGES
    assert languages.OTHER not in alarm_phrases.LANGUAGES
    first = {"en", "de", "fr", "es", "ar"}  # the rest of them stands in the module
    for language, phrases in plain_phrases().items():
        told = {sign for sign, _phrase in phrases}
        assert language in first or told == {sign.value for sign in list(DangerSign)[:7]}, language
        for sign, phrase in phrases:
            assert sign in signs_in(phrase), (language, phrase)
            assert sign in signs_in(phrase.upper()), (language, phrase)


_DENIED = """
Brak bólu w klatce / göğüs ağrım yok / нет боли в груди / nessun dolore al petto / sem dor no peito / 没有胸痛
geen pijn op de borst / fără durere în piept / không đau ngực / 胸の痛みはありません / 가슴 통증 없어요 / درد سینه ندارم
सीने में दर्द नहीं है / no fever or chest pain / nu har jag lite ont i armen / 괜찮아요 감사합니다
"""


def test_what_is_denied_in_another_language_is_none():
    for text in _DENIED.strip().replace("\n", " / ").split(" / "):
        assert signs_in(text) == [], text


_NO_SIGN = """
I cannot see any improvement / Nie widzę poprawy / non vedo miglioramenti / не вижу улучшений / 看不到效果
no veo mejoría / Ich sehe nichts besser / I smoke / Krampf im Bein / a hard slog / ik liet mijn arm rusten
"""


def test_who_sees_no_improvement_is_not_blind_and_a_word_of_another_language_is_no_sign():
    for text in _NO_SIGN.strip().replace("\n", " / ").split(" / "):
        assert signs_in(text) == [], text
    assert signs_in("I cannot see. No improvement") == [DangerSign.VISION]


_CALM = ["No chest pain, no fever, all is fine, thank you", "Alles gut, danke!", "no", "No fever or rash", "Dziękuję"]
_DANGERS = [phrase for phrases in plain_phrases().values() for _sign, phrase in phrases]


def test_only_words_that_all_say_that_all_is_well_are_all_clear():
    for text in _CALM:
        assert is_all_clear(text), text
    for text in (
        "",
        "👍",
        "no feeling in my leg",
        "no fever chest pain",
        "no pain relief",
        "thank you but my leg is odd",
    ):
        assert not is_all_clear(text), text


@patiently
@given(
    st.lists(st.sampled_from(_CALM)), st.sampled_from(_DANGERS), st.sampled_from([", ", ". ", "\n", " and ", " but "])
)
def test_any_danger_beside_calm_words_is_loud_again(calm, danger, between):
    for parts in ([*calm, danger], [danger, *calm]):
        assert not is_all_clear(between.join(parts))


@patiently
@given(st.text(min_size=1))
def test_words_nobody_listed_are_never_all_clear(text):
    assert not is_all_clear(f"It feels strange {text}")


def test_a_script_or_a_language_the_lists_do_not_know_is_not_readable():
    assert all(is_readable(text, "pl") for text in ("Nie wiem", "我很好", "", "12 👍", "カタカナー"))
    assert not is_readable("ደህና ነኝ", "en")
    assert not is_readable("Kumusta", "tl")
    assert not is_readable("I am well", languages.OTHER)


@patiently
@given(st.integers(0, 10), st.none() | st.integers(0, 10))
def test_more_pain_is_never_less_alarming(score, before):
    if triage.is_alarming(score, before=before):
        assert all(triage.is_alarming(higher, before=before) for higher in range(score, 11))
    assert triage.is_alarming(10, before=before)


def test_the_examples_hold():
    assert doctest.testmod(alarm_words).failed == 0
    assert doctest.testmod(alarm_phrases).failed == 0
    assert doctest.testmod(triage).failed == 0
