"""How often one address may be wrong: a flood of guesses is slowed, whatever links it tries.

The counter that closes a link lives in its row and is exact; this one lives in the cache and may miss a few.
"""

from datetime import datetime

from common import limits

MOST = {"guess": 30, "again": 10}


def is_reached(kind: str, address: str, *, now: datetime) -> bool:
    return limits.used(f"portal:{kind}", address, now=now) >= MOST[kind]


def count(kind: str, address: str, *, now: datetime) -> None:
    """Note one use or failure; forgotten when its ten minutes are over."""
    limits.count(f"portal:{kind}", address, now=now)
