"""What the pain did in each session: before, after, at home, and how long relief lasted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.actors import Actor
from sessions.choices import Moment, Question, Source, moment_of
from sessions.models import InjectionSession, PainScore, ReliefReport
from sessions.relief import Answer, Relief, relief
from sessions.response import Asked, Response, response

# Asked with the same words at home and on the table: how strong is the pain at this moment, at rest?
_OF_THE_MOMENT = (Question.NOW, Question.REST)
AT_HOME = (Moment.CARE_0H, Moment.CHECK_24H, Moment.CHECK_72H, Moment.CHECK_7D)


@dataclass(frozen=True, kw_only=True)
class SessionScores:
    """One session's scores; ``table`` is of one question, of the whole complaint. ``told_late``: asked for after this
    session, told after the next injection, so of either."""

    table: Response
    relief: Relief
    at_home: tuple[PainScore, ...]
    told_late: tuple[PainScore, ...] = ()

    @property
    def trough(self) -> int | None:
        return self.table.before

    @property
    def peak(self) -> int | None:
        return self.table.after

    @property
    def change_percent(self) -> float | None:
        return self.table.percent

    @property
    def whole_percent(self) -> int | None:
        return self.table.whole_percent


@dataclass(frozen=True)
class Following:
    """The next session of the course: what it did ends what the one before did."""

    session: InjectionSession
    scores: Sequence[PainScore]

    @property
    def injected_at(self) -> datetime:
        found: datetime = self.session.first_injected_at or self.session.started_at
        return found

    @property
    def answers(self) -> list[Answer]:
        """The pain at rest before it tells how the relief stood by then, whenever it was written down."""
        tables = [score for score in self.scores if score.source == Source.CLINICIAN and not score.nerve_id]
        rows = [score for score in tables if (score.question, score.moment) == (Question.REST, Moment.BEFORE)]
        return [Answer(at=min(row.measured_at, self.injected_at), score=row.score) for row in rows]


def question_of(scores: Iterable[PainScore]) -> str:
    """The question most often asked on the table; the provoked movement wins a tie. Only one is ever compared."""
    tables = (score for score in scores if score.moment in (Moment.BEFORE, Moment.AFTER) and not score.nerve_id)
    asked = Counter(score.question for score in tables)
    return max((Question.PROVOKED, Question.REST, *asked), key=lambda question: asked[question])


def scores_of(
    session: InjectionSession,
    scores: Sequence[PainScore],
    reports: Sequence[ReliefReport],
    *,
    question: str,
    following: Following | None,
) -> SessionScores:
    """Put the rows of one session together; ``following`` is the next one of its course.

    At home the patient is asked for the pain *now*; the score on the table nearest to it is the one *at rest*, so only
    that pair tells when half of the gain is lost.
    """
    tables = [score for score in scores if score.source == Source.CLINICIAN and not score.nerve_id]
    at_rest = _on_table(session, tables, Question.REST)
    home = sorted((score for score in scores if score.moment in AT_HOME), key=lambda score: score.measured_at)
    next_at = following.injected_at if following else None
    return SessionScores(
        table=_on_table(session, tables, question),
        relief=relief(
            session.ended_at or session.signed_at or session.started_at,
            [*_answers(scores, reports), *(following.answers if following else ())],
            before=at_rest.before,
            after=at_rest.after,
            censored_at=next_at,
        ),
        at_home=tuple(score for score in home if next_at is None or score.measured_at <= next_at),
        told_late=tuple(score for score in home if next_at is not None and score.measured_at > next_at),
    )


def _on_table(session: InjectionSession, scores: Iterable[PainScore], question: str) -> Response:
    own = [score for score in scores if score.question == question]
    return response(
        next((score.score for score in own if score.moment == Moment.BEFORE), None),
        [Asked(score.cycle, score.score, score.measured_at) for score in own if score.moment == Moment.AFTER],
        session.cycles_injected_at,
        since=session.first_injected_at or session.started_at,
    )


def _answers(scores: Iterable[PainScore], reports: Iterable[ReliefReport]) -> list[Answer]:
    """What the patient told, each tap by itself."""
    now = [Answer(at=one.measured_at, score=one.score) for one in scores if one.question == Question.NOW]
    return now + [Answer(at=one.reported_at, has_ended=one.has_ended, ended_at=one.ended_at) for one in reports]


def told_scores(by: Actor, session: InjectionSession, *, step: str) -> tuple[int | None, int | None]:
    """The pain (0-10) the patient told at ``step`` after the session, and the last one known before that."""
    rows = PainScore.objects.visible_to(by).overall().filter(injection_session=session, question__in=_OF_THE_MOMENT)
    scores = sorted(rows, key=lambda score: score.measured_at)
    own = next((one for one in scores if one.source == Source.PORTAL and one.moment == moment_of(step)), None)
    earlier = [one for one in scores if own and one.measured_at < own.measured_at]
    return (own.score if own else None, earlier[-1].score if earlier else None)
