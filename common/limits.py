"""How often one sender may do a thing in ten minutes. Kept in the cache: it slows a flood, and may miss a few."""

import hashlib
from datetime import datetime, timedelta

from django.core.cache import cache

WINDOW = timedelta(minutes=10)


def _key(kind: str, sender: str, now: datetime) -> str:
    digest = hashlib.sha256(sender.encode()).hexdigest()[:24]
    return f"{kind}:{digest}:{int(now.timestamp() // WINDOW.total_seconds())}"


def used(kind: str, sender: str, *, now: datetime) -> int:
    """How often it happened in the present ten minutes."""
    return int(cache.get(_key(kind, sender, now), 0))


def count(kind: str, sender: str, *, now: datetime) -> None:
    """Note one use or failure; forgotten when its ten minutes are over."""
    key = _key(kind, sender, now)
    cache.add(key, 0, timeout=WINDOW.total_seconds())
    try:
        cache.incr(key)
    except ValueError:
        cache.set(key, 1, timeout=WINDOW.total_seconds())
