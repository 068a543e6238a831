"""The languages patients speak, by their two-letter code, and one code for every other."""

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_lazy as _

_COMMON = (
    "ar bg bn bs ca cs cy da de el en es et fa fi fr ga he hi hr hu id is it ja ko lt lv mk ml nb ne nl pa pl pt ro ru"
    " sk sl sq sr sv sw ta te th tr uk ur vi zh"
)
# What a clinic can speak and write in. The alarm words of each are known (``sessions.alarm_phrases``).
CODES = tuple(_COMMON.split())
# A patient's alone: which language it is stays open (BCP 47), so nothing knows its words.
OTHER = "und"
# The framework names the two ways to write Chinese, not the language that is spoken.
_NAMES = {"zh": _("Chinese"), OTHER: _("Another language")}


def language_name(code: str) -> str:
    """``German``; an unknown code stands for itself."""
    return next((name for one in (code, code.split("-")[0]) if (name := _name(one))), code)


def _name(code: str) -> str:
    """Its name, or nothing."""
    if code in _NAMES:
        return str(_NAMES[code])
    known = LANG_INFO.get(code, {})
    return str(_(known["name"])) if "name" in known else ""


def choices() -> list[tuple[str, str]]:
    """(code, name) by name."""
    return sorted(((code, language_name(code)) for code in CODES), key=lambda choice: choice[1])


def choices_of_patients() -> list[tuple[str, str]]:
    """(code, name) by name, and another language at the end."""
    return [*choices(), (OTHER, language_name(OTHER))]
