"""The languages patients speak, by their two-letter code."""

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_lazy as _

_COMMON = (
    "ar bg bn bs ca cs cy da de el en es et fa fi fr ga he hi hr hu id is it ja ko lt lv mk ml nb ne nl pa pl pt ro ru"
    " sk sl sq sr sv sw ta te th tr uk ur vi"
)
CODES = tuple(_COMMON.split())


def language_name(code: str) -> str:
    """``German``; an unknown code stands for itself."""
    known = LANG_INFO.get(code) or LANG_INFO.get(code.split("-")[0]) or {}
    return str(_(known["name"])) if "name" in known else code


def choices() -> list[tuple[str, str]]:
    """(code, name) by name."""
    return sorted(((code, language_name(code)) for code in CODES), key=lambda choice: choice[1])
