"""What something holds, in words: "Dextrose 4.76 %, Lidocaine 0.0952 %"."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from sessions.choices import Substance
from sessions.mixtures import BICARBONATE

_DIGITS = 3


def percent_words(percent: Decimal) -> str:
    """To three digits that count, without zeros at the end: ``4.76``, ``0.0952``, ``12.5``, ``5``."""
    exponent = percent.adjusted() - _DIGITS + 1
    return f"{percent.quantize(Decimal(1).scaleb(exponent), ROUND_HALF_UP).normalize():f}" if percent else "0"


def strengths_in_words(strengths: Mapping[str, Decimal | None]) -> str:
    """Each substance with its strength, or that it is unknown; bicarbonate is told in mL elsewhere. "": nothing."""
    words = []
    for name, percent in strengths.items():
        if name != BICARBONATE:
            label = Substance(name).label
            given = _("strength unknown") if percent is None else f"{percent_words(percent)} %"
            words.append(f"{label} {given}")
    return ", ".join(words)
