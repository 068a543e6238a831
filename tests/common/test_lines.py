"""What nobody can see is not kept, but where a script needs it; what cannot be kept is refused."""

import unicodedata
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from common.lines import check_line, cleaned, cleaned_line

UNSEEN = (
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u034f\u3164\ufe0f\ufe00\U000e0041\U000e0100\u2063\u115f\u200e\u200f"
)
LOST = ("a\0b", "a\ufffdb", "a\ud800b", "a\x07b", "a\ufdd0b", "a\U0001ffffb", "a\u0378b", "a\x85b")
# Names that are spelled with what cannot be seen.
NEEDED = (
    "علی\u200cرضا",
    "ශ\u0dca\u200dරී",
    "ක\u0dca\u200dෂ",
    "क्\u200dष",
    "അവന്\u200d",
    "葛\U000e0100城",
    "辻\ufe00",
)
any_text = st.text(st.one_of(st.characters(), st.sampled_from(UNSEEN)), max_size=30)


@pytest.mark.parametrize("text", LOST)
def test_what_cannot_be_kept_is_refused_in_our_words(text):
    for clean in (cleaned, cleaned_line, check_line):
        with pytest.raises(ValidationError) as error:
            clean(text)
        assert error.value.messages[0].startswith("This holds a")


@given(
    st.text("ABCabcäöüéñ漢字", min_size=1, max_size=8), st.lists(st.tuples(st.integers(0, 8), st.sampled_from(UNSEEN)))
)
def test_what_nobody_sees_makes_no_other_name(name, unseen):
    typed = name
    for at, c in unseen:
        if not (unicodedata.category(c) == "Mn" and any("\u3400" <= one <= "\u9fff" for one in name)):
            typed = typed[:at] + c + typed[at:]
    assert cleaned_line(typed) == name


def test_a_script_keeps_what_it_needs():
    for name in NEEDED:
        assert cleaned_line(name) == cleaned(name) == name
    assert cleaned_line("Ali\u200cReza\ufe0f") == "AliReza"
    assert cleaned("\u2067سلام\u2069 ❤\ufe0f\nHi\u200b") == "\u2067سلام\u2069 ❤\ufe0f\nHi"
    assert cleaned_line("\u2800A") == " A"


@given(any_text)
def test_cleaning_twice_changes_nothing_more_and_adds_nothing(text):
    with suppress(ValidationError):
        once = cleaned_line(text)
        assert cleaned_line(once) == once
        check_line(once)
        assert len(once) <= len(text)
    with suppress(ValidationError):
        assert cleaned(cleaned(text)) == cleaned(text)
