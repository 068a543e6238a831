"""What changed between two texts: nothing is lost, and a reader can follow it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.text_changes import Fate, changed_words, compare, figures

TEXTS = st.text(alphabet="ab \n.3注射ไทย", max_size=60)


@given(TEXTS, TEXTS)
@settings(max_examples=200)
def test_the_pieces_are_both_texts(before: str, after: str) -> None:
    pieces = compare(before, after)

    assert "".join(piece.text for piece in pieces if piece.fate != Fate.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.fate != Fate.REMOVED) == after
    assert all(piece.text for piece in pieces)
    assert (changed_words(before, after) == 0) is (before == after)


def test_one_word_is_one_word() -> None:
    pieces = compare("It may bruise a lot.", "It may hurt a lot.")

    assert [(piece.fate, piece.text) for piece in pieces] == [
        (Fate.SAME, "It may"),
        (Fate.REMOVED, " bruise"),
        (Fate.ADDED, " hurt"),
        (Fate.SAME, " a lot."),
    ]
    assert changed_words("注射很安全", "注射不安全") == 2
    assert (figures("1 in ٣ 2."), figures("none")) == ("1٣2", "")
