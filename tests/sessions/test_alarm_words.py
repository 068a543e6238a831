"""Words that may tell of a danger sign: what is heard, what is denied, and that no text breaks the listening."""

import doctest

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions import alarm_words, triage
from sessions.alarm_words import signs_in
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


@patiently
@given(st.integers(0, 10), st.none() | st.integers(0, 10))
def test_more_pain_is_never_less_alarming(score, before):
    if triage.is_alarming(score, before=before):
        assert all(triage.is_alarming(higher, before=before) for higher in range(score, 11))
    assert triage.is_alarming(10, before=before)


def test_the_examples_hold():
    assert doctest.testmod(alarm_words).failed == 0
    assert doctest.testmod(triage).failed == 0
