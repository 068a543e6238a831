"""Was what comes before the needle done before it? The score before, the safety questions, the time-out (P13).

A stated needle is known by the minute, and read as its end. The consent is V09's.
"""

from collections.abc import Iterator
from datetime import datetime

from sessions.rules.clock import times
from sessions.rules.facts import Session, TimeOut
from sessions.rules.table import RULES, Finding, _
from sessions.rules.time_outs import news

# What a time-out after the needle cannot mend; a further place may be confirmed before its own needle.
_OF_THE_PERSON = frozenset({_("the patient"), _("the consent"), _("the allergies")})


def is_done_before_the_needle(session: Session) -> Iterator[Finding]:
    """P13."""
    if session.needle_at is None or not session.points:
        return
    before = [score.measured_at for score in session.scores if score.is_before]
    if late := [at for at in before if at > session.needle_at]:
        yield _late("score_late", max(late), session)
    if session.screened_at is not None and _is_after(session.screened_at, session.needle_at):
        is_other_day = session.screened_at.astimezone(session.zone).date() > session.treated_date
        yield _late("screening_other_day" if is_other_day else "screening_late", session.screened_at, session)
    yield from _time_outs(session, session.needle_at)


def _time_outs(session: Session, needle_at: datetime) -> Iterator[Finding]:
    in_time = [row for row in session.time_outs if row.confirmed_at <= needle_at]
    late = [row for row in session.time_outs if row not in in_time]
    if not late:
        return
    if not in_time:
        yield _late("time_out_late", late[0].confirmed_at, session)
        return
    what = _new_of_the_person(in_time, late[-1])
    if what:
        yield _late("time_out_again", late[-1].confirmed_at, session, (("what", ", ".join(what)),))


def _new_of_the_person(in_time: list[TimeOut], last: TimeOut) -> list[str]:
    """What of the patient, the consent and the allergies was confirmed only by the last one."""
    found = [[word for word in news(row.shown, last.shown) if word in _OF_THE_PERSON] for row in in_time]
    return min(found, key=len)


def _late(name: str, at: datetime, session: Session, more: tuple[tuple[str, str], ...] = ()) -> Finding:
    said = times(session, at=at, needle=session.needle_at or at)
    return Finding(RULES[name], f"{name} {said['at']} {said['needle']}", (*said.items(), *more))


def _is_after(at: datetime, needle_at: datetime) -> bool:
    """By the minute: the questions are answered one by one, while somebody gets ready."""
    return at.replace(second=0, microsecond=0) > needle_at.replace(second=0, microsecond=0)


ORDER_CHECKS = (is_done_before_the_needle,)
