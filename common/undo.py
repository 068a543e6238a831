"""A message that offers to take back what it tells of."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def offer(request: HttpRequest, text: "str | _StrPromise", *, undo_url: str) -> None:
    """Say what was done and offer an Undo button that posts to ``undo_url`` (an address of our own)."""
    if not undo_url.startswith("/") or undo_url.startswith("//"):
        raise ValueError("An undo address is a path of this site.")
    messages.success(request, text, extra_tags=f"undo:{undo_url}")
