"""Names found again however they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.folding import distance, fold, forms_to_look_for, is_alike, name_parts, one_letter_less, tokens

words = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=24)
letters = st.sampled_from("abcdefghijklmnopqrstuvwxyz")


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Müller", "muller"),
        ("  O’Brien-SMITH ", "obrien smith"),
        ("Jürgen Weiß", "jurgen weiss"),
        ("Łukasz Øster", "lukasz oster"),
        ("İpek", "ipek"),
        ("مُحَمَّد", "محمد"),
        ("Ngô Đình", "ngo dinh"),
        ("?!", ""),
    ],
)
def test_case_accents_and_apostrophes_make_no_difference(written, folded):
    assert fold(written) == folded


@given(st.text(max_size=80))
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=200))
def test_every_token_fits_its_column(text):
    assert all(0 < len(token) <= 60 for token in tokens([text]))


def is_found(typed, written):
    kept = tokens([written])
    return any(form in kept for form in forms_to_look_for(typed))


@given(words, st.data())
def test_a_missing_letter_is_forgiven(word, data):
    i = data.draw(st.integers(0, len(word) - 1))
    assert is_found(word[:i] + word[i + 1 :], word)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=23), letters, st.data())
def test_an_extra_letter_is_forgiven(word, letter, data):
    i = data.draw(st.integers(0, len(word)))
    assert is_found(word[:i] + letter + word[i:], word)


@given(words, letters, st.data())
def test_a_wrong_letter_is_forgiven(word, letter, data):
    i = data.draw(st.integers(0, len(word) - 1))
    assert is_found(word[:i] + letter + word[i + 1 :], word)


@given(words, st.data())
def test_swapped_letters_are_forgiven(word, data):
    i = data.draw(st.integers(0, len(word) - 2))
    typed = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    assert is_found(typed, word)
    assert distance(typed, word) <= 1
    assert is_alike(typed, word)


@given(words, words)
def test_the_distance_is_the_same_both_ways(one, other):
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)


def test_short_parts_are_taken_literally():
    assert one_letter_less("li") == frozenset()
    assert not is_alike("li", "lu")
    assert is_alike("jon", "john")


def test_a_name_of_several_parts_is_found_by_each_and_as_one_word():
    assert name_parts("Anne-Marie van der Berg") == ["anne", "marie", "van", "der", "berg"]
    kept = tokens(["Anne-Marie"])
    assert [kept["anne"], kept["marie"], kept["annemarie"], kept["nne"]] == [True, True, True, False]
