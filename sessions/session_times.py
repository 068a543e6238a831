"""When a treatment began under the needle, and when it ended: from what is known. Pure, no Django here.

A typed clock shows minutes: what is known by the minute lies anywhere in it, so it is read as the minute's end where
it must not come too early.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

# A check typed later than this after the last thing that was done was written down later than it was made: a bound of
# the product, not a clinical figure.
CHECKED_WITHIN = timedelta(hours=2)
# [DEF] How long after its day a treatment can still be written down as a session.
DAYS_BACK = 7
_MINUTE = timedelta(minutes=1)


def _(sentence: str) -> str:
    """Mark a sentence for translation; it is translated when it is shown."""
    return sentence


def end_of_minute(at: datetime) -> datetime:
    """The last instant that a clock shows as ``at``, where ``at`` is known by the minute.

    >>> from datetime import UTC
    >>> end_of_minute(datetime(2026, 3, 2, 10, 5, tzinfo=UTC)).isoformat()
    '2026-03-02T10:05:59.999999+00:00'
    >>> end_of_minute(datetime(2026, 3, 2, 10, 5, 7, tzinfo=UTC)).isoformat()
    '2026-03-02T10:05:07+00:00'
    """
    return at if at.second or at.microsecond else at + _MINUTE - timedelta(microseconds=1)


def first_injection(
    *,
    recorded_at: datetime,
    confirmed_at: datetime | None,
    later: Iterable[datetime | None],
    asked_before: Iterable[datetime] = (),
) -> datetime:
    """Return the earliest moment at which the first needle can have been set.

    ``recorded_at`` is when the first point was written down, ``confirmed_at`` when the first time-out was finished: the
    needle comes after both, and after the scores ``asked_before`` it. ``later`` comes after the needle (the last
    injection of a cycle, a score after it, the end): the needle was not later than that, whenever it was
    written down. A time-out finished after it was made up for, and says nothing of the needle; nor does such a score.
    """
    limit = min((end_of_minute(at) for at in later if at is not None), default=None)
    earlier = [*asked_before, *([confirmed_at] if confirmed_at else [])]
    recorded_at = max([recorded_at, *(at for at in earlier if limit is None or at <= limit)])
    return recorded_at if limit is None else min(recorded_at, limit)


def start_of_session(*, begun_at: datetime, done: Iterable[datetime | None]) -> datetime:
    """Return when the treatment began: when its page was ``begun_at``, or the first thing that was ``done`` before.

    >>> from datetime import UTC
    >>> begun, before = datetime(2026, 3, 2, 10, 6, 7, tzinfo=UTC), datetime(2026, 3, 2, 9, 50, tzinfo=UTC)
    >>> start_of_session(begun_at=begun, done=[before, None]) == before
    True
    >>> start_of_session(begun_at=begun, done=[datetime(2026, 3, 2, 10, 6, tzinfo=UTC)]) == begun
    True
    """
    return min((at for at in done if at is not None and end_of_minute(at) < begun_at), default=begun_at)


def end_of_session(
    *,
    started_at: datetime,
    first_injected_at: datetime | None,
    done: Iterable[datetime | None],
    checked_at: datetime | None,
    now: datetime,
) -> datetime:
    """Return when the treatment ended as far as is known, between its start and ``now``.

    ``done``: what was done and asked (last injections, scores, the end of the observation); the discharge check
    (``checked_at``) counts where it was made soon after.
    """
    last = max([at for at in (started_at, first_injected_at, *done) if at is not None])
    if checked_at is not None and last < checked_at <= last + CHECKED_WITHIN:
        last = checked_at
    return max(started_at, min(last, now))


def problems(
    *,
    started_at: datetime | None,
    first_injected_at: datetime | None,
    injected_at: Iterable[datetime | None],
    ended_at: datetime | None,
    now: datetime,
) -> Iterator[tuple[str, str]]:
    """What cannot be of the times somebody said: the column, and why. ``injected_at``: last injection of each cycle;
    ``started_at`` is None where something else may say that it began before."""
    if first_injected_at is not None and first_injected_at > now:
        yield "first_injected_at", _("The first injection has a time that is still to come.")
    if ended_at is not None and ended_at > now:
        yield "ended_at", _("The end of the treatment has a time that is still to come.")
    yield from _out_of_order(started_at, first_injected_at, [at for at in injected_at if at is not None], ended_at)


def _out_of_order(
    started_at: datetime | None,
    first_injected_at: datetime | None,
    injected: list[datetime],
    ended_at: datetime | None,
) -> Iterator[tuple[str, str]]:
    if first_injected_at is not None and injected and first_injected_at > end_of_minute(min(injected)):
        yield "first_injected_at", _("The first injection cannot be later than the last one of the first cycle.")
    if ended_at is None:
        return
    if started_at is not None and end_of_minute(ended_at) < started_at:
        yield "ended_at", _("The treatment cannot have ended before the session began.")
    if any(end_of_minute(ended_at) < at for at in (first_injected_at, *injected) if at is not None):
        yield "ended_at", _("The treatment cannot have ended before its last injection.")
