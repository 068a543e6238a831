"""Password hashing with an end to it: sign-ins wait for each other, never the rest of the site for them.

A hash costs a processor a good part of a second, on purpose. Twenty at once took every processor and every thread.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.contrib.auth.hashers import ScryptPasswordHasher

# In each web process: one is hashed, a few more wait, and whoever comes then is asked to come again.
AT_ONCE = 1
MOST_WAITING = 11
LONGEST_WAIT_SECONDS = 20.0
_turns = BoundedSemaphore(AT_ONCE)
_places = BoundedSemaphore(AT_ONCE + MOST_WAITING)


class TooManySignInsError(Exception):
    """More people are signing in than this process hashes passwords for; nothing was decided about this one."""


@contextmanager
def _turn() -> Iterator[None]:
    if not _places.acquire(blocking=False):
        raise TooManySignInsError
    try:
        if not _turns.acquire(timeout=LONGEST_WAIT_SECONDS):
            raise TooManySignInsError
        try:
            yield
        finally:
            _turns.release()
    finally:
        _places.release()


class PatientScryptHasher(ScryptPasswordHasher):
    """scrypt as Django's own, one at a time."""

    def encode(self, *args: object, **kwargs: object) -> str:
        with _turn():
            return str(super().encode(*args, **kwargs))  # type: ignore[arg-type] # as Django gives them
