"""A line that somebody types: it runs one way, and holds nothing that cannot be seen."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Overrides, embeddings and isolates turn what follows around, so that a name reads as another.
TURNING = "[\u202a-\u202e\u2066-\u2069]"
_TURNING = re.compile(TURNING)


def check_line(text: str) -> None:
    """Raise ``ValidationError`` with a sentence fit for the screen, which does not repeat the text."""
    if _TURNING.search(text):
        raise ValidationError(_("This holds invisible signs that turn the writing around. Type it again by hand."))
    if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in text):
        raise ValidationError(_("This holds a control character or a line break."))
