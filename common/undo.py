"""A message that offers to take back what it tells of."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise


def offer(request: HttpRequest, text: str | Promise, *, undo_url: str) -> None:
    """Say what was done and offer an Undo button that posts to ``undo_url`` (an address of our own)."""
    if not undo_url.startswith("/") or undo_url.startswith("//"):
        raise ValueError("An undo address is a path of this site.")
    messages.success(request, text, extra_tags=f"undo:{undo_url}")
