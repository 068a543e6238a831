"""How often one address may be wrong: a flood of guesses is slowed, whatever links it tries.

The counter that closes a link lives in its row and is exact; this one lives in the cache and may miss a few.
"""

import hashlib
from datetime import datetime, timedelta

from django.core.cache import cache

WINDOW = timedelta(minutes=10)
MOST = {"guess": 30, "again": 10}


def _key(kind: str, address: str, now: datetime) -> str:
    digest = hashlib.sha256(address.encode()).hexdigest()[:24]
    return f"portal:{kind}:{digest}:{int(now.timestamp() // WINDOW.total_seconds())}"


def is_reached(kind: str, address: str, *, now: datetime) -> bool:
    return int(cache.get(_key(kind, address, now), 0)) >= MOST[kind]


def count(kind: str, address: str, *, now: datetime) -> None:
    """Note one use or failure; forgotten when its ten minutes are over."""
    key = _key(kind, address, now)
    cache.add(key, 0, timeout=WINDOW.total_seconds())
    try:
        cache.incr(key)
    except ValueError:
        cache.set(key, 1, timeout=WINDOW.total_seconds())
