"""A consent that stood at the first injection and was taken back during the treatment (P17).

What was injected until then was consented to, and the record can be signed; what came after it is said.
"""

from collections.abc import Iterator
from datetime import datetime

from sessions.rules.clock import times
from sessions.rules.facts import Session
from sessions.rules.table import RULES, Finding


def what_came_after_is_said(session: Session) -> Iterator[Finding]:
    """P17. Where the last injection is stated and came no later than the withdrawal, nothing is asked."""
    at, needle = session.withdrawn_at, session.needle_at
    if at is None or needle is None or not session.points:
        return
    if _minute(at) == _minute(needle):
        yield _finding("withdrawn_at_needle", session, at=at)
    last = session.last_injected_at
    if last is not None and _minute(last) <= _minute(at):
        return
    if session.consented_anew_at is not None:
        yield _finding("consented_anew", session, at=at, anew=session.consented_anew_at)
    elif last is not None:
        yield _finding("injected_after_withdrawal", session, at=at, last=last)
    else:
        yield _finding("withdrawn_since", session, at=at)


def _finding(name: str, session: Session, **at: datetime) -> Finding:
    words = tuple(times(session, **at).items())
    return Finding(RULES[name], " ".join([name, *(said for _word, said in words)]), words)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


WITHDRAWAL_CHECKS = (what_came_after_is_said,)
