"""What the pain did on the table, line by line: overall first, then each nerve that was asked about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common.local_words import written_clock_words, written_time_words
from sessions.choices import Moment, PointSide, Question
from sessions.document.records import Record, Score
from sessions.response import WITHIN_MINUTES, Asked, Cycle, Response, Undefined, minutes_since, response

SCORES = range(11)
QUESTIONS = (Question.REST, Question.PROVOKED)


@dataclass(frozen=True)
class Observed:
    score: int
    minutes: int | None


@dataclass(frozen=True)
class PainLine:
    """One question at one place; ``place`` is empty for the whole complaint. ``before_at``: the clock at the first."""

    place: str
    question: str
    response: Response
    observed: tuple[Observed, ...]
    before_at: str = ""

    @property
    def words(self) -> str:
        return relief_words(self.response)

    @property
    def asked(self) -> str:
        """The question with its place, in one piece."""
        return f"{self.place}: {self.question}" if self.place else self.question

    @property
    def before_words(self) -> str:
        """The score before with the time it was asked at."""
        return "" if self.response.before is None else f"{self.response.before} ({self.before_at})"

    @property
    def after_words(self) -> str:
        """Every score after in one line: the cycles with an arrow between, what was asked in observation behind."""
        cycles = " → ".join(_with_minutes(cycle.after, cycle.minutes) for cycle in self.response.cycles)
        again = ", ".join(_with_minutes(one.score, one.minutes) for one in self.observed)
        return "; ".join(filter(None, [cycles, _("in observation %(scores)s") % {"scores": again} if again else ""]))


def pain_lines(record: Record) -> list[PainLine]:
    """Both questions of the whole complaint, asked or not, and what was asked of single nerves."""
    places = dict.fromkeys((row.nerve.id, row.side) for row in record.scores if row.nerve)
    found = [_line(record, question, None, "") for question in QUESTIONS]
    nerves = [_line(record, question, *place) for place in places for question in QUESTIONS]
    return found + [line for line in nerves if line.response.before is not None or line.response.cycles]


def relief_words(told: Response) -> str:
    """The result in words, and what stands in the way of a percentage."""
    why = {
        Undefined.NO_BEFORE: "",
        Undefined.NO_AFTER: "",
        Undefined.FROM_ZERO: _("No pain before: there is no percentage."),
        Undefined.TOO_LATE: _("Asked more than %(minutes)s minutes after: there is no percentage.")
        % {"minutes": WITHIN_MINUTES},
        Undefined.UNKNOWN_TIME: _("When it was asked after the last injection is not known: there is no percentage."),
    }
    if told.undefined:
        return why[told.undefined]
    percent = told.whole_percent
    words = _("no change")
    if percent:
        words = (_("%(percent)s %% less") if percent > 0 else _("%(percent)s %% more")) % {"percent": abs(percent)}
    return f"{words}. {_('Little pain before: little room to fall.')}" if told.is_floor else words


def relief_table() -> dict[str, Any]:
    """What the page says while somebody scores, for each score before and after, in the record's own words: the page
    only looks them up. ``late`` holds for whoever was asked more than ``within_minutes`` after the last injection,
    ``unknown`` where nobody can tell."""
    words: dict[str, int] = {}

    def said(minutes: int | None) -> list[list[int]]:
        table = [[Response(one, (Cycle(1, one, other, minutes),)) for other in SCORES] for one in SCORES]
        return [[words.setdefault(relief_words(told), len(words)) for told in row] for row in table]

    on_time, late, unknown = said(WITHIN_MINUTES), said(WITHIN_MINUTES + 1), said(None)
    return {
        "words": list(words),
        "on_time": on_time,
        "late": late,
        "unknown": unknown,
        "within_minutes": WITHIN_MINUTES,
    }


def _with_minutes(score: int, minutes: int | None) -> str:
    return str(score) if minutes is None else _("%(score)s (%(minutes)s min)") % {"score": score, "minutes": minutes}


def _line(record: Record, question: Question, nerve_id: str | None, side: str) -> PainLine:
    key = (question, nerve_id, side)
    own = [row for row in record.scores if (row.question, row.nerve.id if row.nerve else None, row.side) == key]
    times = [time.at if time else None for time in record.cycles]
    before = next((row for row in own if row.moment == Moment.BEFORE), None)
    after = [Asked(row.cycle, row.score, row.measured.at) for row in own if row.moment == Moment.AFTER]
    observed = sorted((row for row in own if row.moment == Moment.OBSERVED), key=lambda row: row.cycle)
    return PainLine(
        place=_place(own[0]) if own else "",
        question=str(question.label),
        response=response(
            before.score if before else None, after, times, since=(record.first_injected or record.started).at
        ),
        before_at=_clock(before, record) if before else "",
        observed=tuple(Observed(row.score, minutes_since(_nth(times, row.cycle), row.measured.at)) for row in observed),
    )


def _clock(score: Score, record: Record) -> str:
    """With the day where it is another than the session's."""
    local = score.measured.local
    return written_clock_words(local) if local.date() == record.started.local.date() else written_time_words(local)


def _place(score: Score) -> str:
    """The nerve and its side as said on the page; empty for the whole complaint."""
    return f"{score.nerve.name}, {PointSide(score.side).label}" if score.nerve else ""


def _nth(times: Sequence[datetime | None], cycle: int) -> datetime | None:
    return times[cycle - 1] if cycle <= len(times) else None
