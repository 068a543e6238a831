"""Text that somebody types, cleaned before it is kept: it holds nothing that cannot be seen.

What nobody can see makes two names of one, and is never found again: it is left out, but where a script needs it. What
cannot be kept as it was typed is refused, with a sentence fit for the screen that does not repeat the text.
"""

import re

import icu
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Overrides, embeddings and isolates turn what follows around, so that a name reads as another.
TURNING = "[\u202a-\u202e\u2066-\u2069]"
# What PostgreSQL, too, finds in a name: spaces without width, soft hyphens, signs of formulas and of languages.
UNSEEN = (
    "[\u00ad\u034f\u115f\u1160\u180e\u200b\u200e\u200f\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0"
    "\U000e0000-\U000e007f]"
)
_TURNING = re.compile(TURNING)
_DIRECTION = re.compile(f"[\u061c\u200e\u200f]|{TURNING}")
_PLAIN = re.compile(r"[\n\r\t -~]*")
_PLAIN_LINE = re.compile("[ -~]*")
_BREAKS = "\n\r\t\u2028\u2029\x85\x0b\x0c"
_JOINERS = "\u200c\u200d"
_VIRAMA = 9
# Scripts whose letters change their form beside each other: Arabic and its like, the Indic ones, Mongolian.
_JOINING = re.compile(
    "[\u0600-\u0dff\u0f00-\u109f\u1780-\u18af\u1900-\u1cff\ua840-\uabff\ufb50-\ufdff\ufe70-\ufefc"
    "\U00010a00-\U00011fff\U0001e900-\U0001e95f]"
)
# Letters and pictures of which a sign behind them chooses one form: ideographs, Mongolian, Myanmar, Phags-pa, emoji.
_OF_SEVERAL_FORMS = re.compile(
    "[\u1000-\u109f\u1800-\u18af\u2010-\u2bff\u3400-\u9fff\ua840-\ua87f\uf900-\ufaff\U0001f000-\U0001faff"
    "\U00020000-\U0003ffff]"
)
_LOST = "\ufffd"  # what is left of bytes that are no text
_BLANK = "\u2800"
_NOTES_BETWEEN_LINES = "\ufff9\ufffa\ufffb"
_NEVER_KEPT = (icu.UCharCategory.CONTROL_CHAR, icu.UCharCategory.SURROGATE, icu.UCharCategory.UNASSIGNED)


def cleaned(text: str) -> str:
    """The text without what nobody can see; breaks of lines and the direction of the writing stay.

    Raises ``ValidationError`` for what cannot be kept.
    """
    if _PLAIN.fullmatch(text):
        return text
    if any(c not in "\n\r\t" and (c == _LOST or icu.Char.charType(c) in _NEVER_KEPT) for c in text):
        raise ValidationError(_("This holds a character that cannot be saved. Delete it, or type the words again."))
    return _seen(text, may_turn=True)


def cleaned_line(text: str) -> str:
    """One line, in the direction of its letters, without what nobody can see.

    Raises ``ValidationError`` for a break of the line too, and for what turns the writing around.
    """
    if _PLAIN_LINE.fullmatch(text):
        return text
    if _TURNING.search(text):
        raise ValidationError(_("This holds invisible signs that turn the writing around. Type it again by hand."))
    if any(c in _BREAKS for c in text):
        raise ValidationError(_("This holds a line break. Write it in one line."))
    return _seen(cleaned(text), may_turn=False)


def plain_name(text: str) -> str:
    """The name of a thing, such as a room, as one writes it by hand: one space, one kind of hyphen.

    Two that look the same on a list are the same. Raises ``ValidationError`` as ``cleaned_line``.
    """
    return " ".join(cleaned_line(text).split()).translate({0x2010: "-", 0x2011: "-"})


def check_line(text: str) -> None:
    """Raise ``ValidationError`` for a line that was not cleaned."""
    if cleaned_line(text) != text:
        raise ValidationError(_("This holds a character that cannot be saved. Delete it, or type the words again."))


def _seen(text: str, *, may_turn: bool) -> str:
    kept: list[str] = []
    for at, c in enumerate(text):
        if c == _BLANK:
            kept.append(" ")
        elif not _is_unseen(c) or _is_needed(c, kept, text[at + 1 :], may_turn=may_turn):
            kept.append(c)
    return "".join(kept)


def _is_unseen(c: str) -> bool:
    return c in _NOTES_BETWEEN_LINES or icu.Char.hasBinaryProperty(c, icu.UProperty.DEFAULT_IGNORABLE_CODE_POINT)


def _is_needed(c: str, kept: list[str], rest: str, *, may_turn: bool) -> bool:
    """Whether what cannot be seen changes what can: how letters join, which of its forms a letter has."""
    before, after = kept[-1] if kept else " ", rest[:1] or " "
    if c in _JOINERS:
        is_after_virama = icu.Char.getCombiningClass(before) == _VIRAMA
        return is_after_virama or bool(_JOINING.match(before) and _JOINING.match(after))
    if _DIRECTION.match(c):
        return may_turn
    is_variant = icu.Char.hasBinaryProperty(c, icu.UProperty.VARIATION_SELECTOR)
    return is_variant and bool(_OF_SEVERAL_FORMS.match(before))
