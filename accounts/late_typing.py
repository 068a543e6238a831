"""What somebody sent after their sign-in had ended: not acted upon, and back in the form once they signed in again.

It waits in the session that follows, encrypted, for half an hour, for the same person and the same page alone.
"""

import json
import time
from typing import Any

from cryptography.fernet import InvalidToken
from django.http import HttpRequest

from accounts.adapters import factor_box

KEPT_SECONDS = 30 * 60
# A form of ours is a few kilobytes; a file somebody sent is not kept.
MOST_LETTERS = 60_000
_KEY = "late_typing"
_NEVER = ("csrfmiddlewaretoken", "once", "seen", "version", "next", "code")

Typed = dict[str, Any]


def keep(request: HttpRequest, *, user_id: str, page: str) -> None:
    """Put what was sent aside; call it when the old session is gone. Files, and far too much, are not kept."""
    fields = [
        [name, values]
        for name, values in request.POST.lists()
        if name not in _NEVER and "password" not in name and any(values)
    ]
    text = json.dumps({"user": user_id, "page": page, "action": request.path, "fields": fields})
    if fields and len(text) <= MOST_LETTERS:
        request.session[_KEY] = factor_box().encrypt_at_time(text.encode(), int(time.time())).decode()


def take(request: HttpRequest) -> Typed | None:
    """``action`` and ``fields`` (name, values) for the page that is asked for now, once; nothing for anybody else."""
    kept = request.session.get(_KEY)
    if kept is None or request.method != "GET" or "HX-Request" in request.headers:
        return None
    typed = _opened(kept)
    if typed is None or typed["user"] != str(request.user.pk):
        del request.session[_KEY]
        return None
    if typed["page"].partition("?")[0] != request.path:
        return None
    del request.session[_KEY]
    return {"action": typed["action"], "fields": typed["fields"]}


def _opened(kept: str) -> Typed | None:
    try:
        found: Typed = json.loads(factor_box().decrypt(kept.encode(), ttl=KEPT_SECONDS))
    except (InvalidToken, ValueError):
        return None
    return found
