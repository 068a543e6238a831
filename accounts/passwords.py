"""Passwords that are long and still guessed first: a common one twice, a run of keys, a year behind a word."""

import gzip
import re
from functools import cache
from pathlib import Path

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FEWEST_DIFFERENT = 6
# A password that falls into so many common pieces, or fewer, is a common one; a phrase of four words is not.
MOST_PIECES = 2
_SHORTEST_PIECE = 4
_SAME_LETTER = str.maketrans("013457@$!", "oieastasi")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "abcdefghijklmnopqrstuvwxyz",
         "01234567890123456789")  # fmt: skip
_SHORTEST_RUN = 4
# What guessers know of us.
_OURS = {
    "clinic",
    "pitclinic",
    "doctor",
    "injection",
    "dextrose",
    "patient",
    "patients",
    "hospital",
    "medical",
    "practice",
}


class GuessedPasswordValidator:
    """Refuse what a list of common passwords holds in disguise: doubled, turned into digits, with a tail."""

    def validate(self, password: str, user: object = None) -> None:
        if _is_guessed(password.lower()):
            raise ValidationError(
                _("This password is easily guessed. Use four words that have nothing to do with each other."),
                code="password_too_common",
            )

    def get_help_text(self) -> str:
        return _("Four words that have nothing to do with each other make a good password.")


def _is_guessed(password: str) -> bool:
    if len(set(password)) < FEWEST_DIFFERENT or re.fullmatch(r"(.{1,10}?)\1+.{0,3}", password):
        return True
    without_tail = re.sub(r"[\W_]+", "", password).strip("0123456789")
    return any(_pieces(text) <= MOST_PIECES for text in (without_tail, without_tail.translate(_SAME_LETTER)))


def _pieces(text: str) -> int:
    """The fewest common words and runs of keys that make the text up; more than ``MOST_PIECES`` when they do not."""
    fewest = [0] + [MOST_PIECES + 1] * len(text)
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - 30), end):
            if fewest[start] < MOST_PIECES and _is_common(text[start:end]):
                fewest[end] = min(fewest[end], fewest[start] + 1)
    return fewest[-1]


def _is_common(piece: str) -> bool:
    if len(piece) < _SHORTEST_PIECE:
        return False
    return piece in _common() or any(piece in row or piece in row[::-1] for row in _ROWS)


@cache
def _common() -> frozenset[str]:
    """Django's own list of twenty thousand."""
    listed = Path(password_validation.__file__).with_name("common-passwords.txt.gz")
    with gzip.open(listed, "rt", encoding="utf-8") as lines:
        return frozenset(line.strip() for line in lines) | _OURS
