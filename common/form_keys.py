"""The one-time key of a form: drawn into the page, sent back with what was typed."""

from uuid import UUID, uuid4

from django.forms import BaseForm

FIELD = "once"
_LENGTH = 36


def key_of(text: str | None) -> UUID | None:
    """The key as it was sent, or None for what is none."""
    if text is None or len(text) != _LENGTH:
        return None
    try:
        return UUID(text)
    except ValueError:
        return None


def key_for(form: BaseForm | None = None) -> UUID:
    """A new key; for a form that is shown again because it was refused, the key that it was sent with."""
    sent = form.data.get(FIELD) if form is not None and form.is_bound else None
    return key_of(sent) or uuid4()
