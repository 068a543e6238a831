"""Rules about the visit as a whole: screening, consent, scores, sharps, the interval."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from sessions.rules.facts import Score, Session
from sessions.rules.register import CAUTIONS, PLEURA, contradicts, is_near_the_lung
from sessions.rules.table import RULES, Finding


def _(sentence: str) -> str:
    """Mark a sentence for translation; it is translated when it is shown."""
    return sentence


# Said inside a sentence; translated when it is shown.
QUESTIONS = {"rest": _("at rest"), "provoked": _("on the provoked movement")}


def scores_are_possible(session: Session) -> Iterator[Finding]:
    """V01, V03. Times are compared by the minute: that is how they are typed."""
    for score in session.scores:
        if not 0 <= score.score <= 10:
            yield Finding(RULES["score_range"], _asked(score))
        if score.measured_at > session.now:
            yield Finding(RULES["score_future"], _asked(score))
    for earlier, later in _pairs(session):
        if _minute(later.measured_at) < _minute(earlier.measured_at):
            yield Finding(RULES["score_order"], _asked(earlier))


def injections_are_possible(session: Session) -> Iterator[Finding]:
    """V03 for the time of the injections: not to come, and not after the score that tells what they did."""
    if session.first_injected_at is not None and session.first_injected_at > session.now:
        yield Finding(RULES["injection_future"], "first")
    for cycle, injected_at in enumerate(session.injected_at, start=1):
        if injected_at is None:
            continue
        if injected_at > session.now:
            yield Finding(RULES["injection_future"], str(cycle))
        for score in session.scores:
            is_of_cycle = not score.is_before and score.cycle == cycle
            if is_of_cycle and _minute(score.measured_at) < _minute(injected_at):
                yield Finding(RULES["score_before_injection"], f"{_asked(score)} {cycle}")


def scores_fall(session: Session) -> Iterator[Finding]:
    """V04."""
    for before, after in _pairs(session):
        if after.score > before.score + session.limits.score_rise:
            question = QUESTIONS.get(before.question, before.question)
            asked = f"{question}, {before.place}" if before.place else question
            words = (("question", asked), ("before", str(before.score)), ("after", str(after.score)))
            yield Finding(RULES["score_rise"], f"{_asked(before)} {before.score}-{after.score}", words)


def _pairs(session: Session) -> Iterator[tuple[Score, Score]]:
    """Every later score with the first of its question and place, and with the one asked just before it."""
    chains: dict[tuple[str, str], list[Score]] = {}
    for score in sorted(session.scores, key=_place_in_time):
        chains.setdefault((score.place, score.question), []).append(score)
    for chain in chains.values():
        first, *others = chain
        for score in others if first.is_before else ():
            yield first, score
        yield from pairwise(others if first.is_before else chain)


def _place_in_time(score: Score) -> tuple[int, int]:
    """Before, then each cycle: after it, and again in observation."""
    return score.cycle if not score.is_before else 0, 1 if score.is_observed else 0


def _asked(score: Score) -> str:
    return f"{score.question} {score.place}".strip()


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def is_scored_after(session: Session) -> Iterator[Finding]:
    """V15: every overall question asked before is asked again, and at least one is; single nerves are a choice."""
    overall = [score for score in session.scores if not score.place]
    before = {score.question for score in overall if score.is_before}
    after = {score.question for score in overall if score.is_after}
    if session.points and not session.no_after_score_reason and (not after or before - after):
        yield Finding(RULES["no_after_score"], "")


def is_consented(session: Session) -> Iterator[Finding]:
    """V09: nothing may be injected without it."""
    if session.points:
        for gap in session.consent_gaps:
            yield Finding(RULES["no_consent"], gap, (("why", gap),))


def is_screened_today(session: Session) -> Iterator[Finding]:
    """V10: on the day of the injection; what was answered on a later day is weighed with the needle (P13)."""
    if session.unanswered:
        yield Finding(RULES["screening_open"], "", (("items", ", ".join(session.unanswered)),))
    elif session.screened_date is None or session.screened_date < session.treated_date:
        yield Finding(RULES["screening_old"], "")


def answers_agree_with_the_register(session: Session) -> Iterator[Finding]:
    """P12: what the register knows is not denied without a word; one of the two has to be put right."""
    for item, name, answer in session.answers:
        known = session.known.get(item)
        if known is not None and contradicts(known, answer):
            yield Finding(RULES["register_denied"], item, (("item", name), ("known", known.words[:180])))


def answers_agree_with_the_points(session: Session) -> Iterator[Finding]:
    """P16: the question about the lung is not denied while a point lies there."""
    nerves = [point.nerve for point in session.points]
    near = [one.name for one in nerves if is_near_the_lung(regions=one.regions, flags=one.flags)]
    for item, name, answer in session.answers:
        if item == PLEURA and near and not answer:
            nerves_said = ", ".join(dict.fromkeys(near))
            yield Finding(RULES["site_denied"], item, (("item", name), ("nerves", nerves_said[:180])))


def nothing_forbids(session: Session) -> Iterator[Finding]:
    """V11: every hard stop of the screening but the allergy, which V25 weighs against the solution."""
    for answer in session.concerns:
        if answer.effect == "hard_block" and answer.item != "ALLERGY":
            yield Finding(RULES["screening_stop"], answer.item, (("item", answer.name),))


def cautions_are_weighed(session: Session) -> Iterator[Finding]:
    """V26: the soft answers, and the register's flags that mean the same; one caution asks once."""
    asked = set()
    for answer in session.concerns:
        if answer.effect in ("soft_block", "soft_warning"):
            asked.add(answer.item)
            yield Finding(RULES["caution"], answer.item, (("item", answer.name),))
    for item, flags in CAUTIONS.items():
        known = [label for flag, label in session.risk_flags if flag in flags]
        if known and item not in asked:
            yield Finding(RULES["caution"], item, (("item", ", ".join(known)),))


def interval_is_usual(session: Session) -> Iterator[Finding]:
    """V13."""
    if session.previous_date is not None:
        days = (session.today - session.previous_date).days
        if days < session.limits.days_between_sessions:
            yield Finding(RULES["interval_short"], str(days), (("days", str(days)),))
    number = session.sessions_before + 1
    if number > session.limits.sessions_in_course:
        yield Finding(RULES["course_long"], str(number), (("number", str(number)),))


def sharps_are_back(session: Session) -> Iterator[Finding]:
    """V27."""
    opened, disposed = session.sharps_out, session.sharps_in
    if session.points and (opened is None or disposed is None):
        yield Finding(RULES["sharps_missing"], "")
    elif opened != disposed:
        words = (("opened", str(opened or 0)), ("disposed", str(disposed or 0)))
        yield Finding(RULES["sharps_differ"], "", words)


def is_fit_to_go(session: Session) -> Iterator[Finding]:
    """P09 (domain.md §5 step 9): looked at or a reason why not; and what was not fine is explained."""
    missing = [item for item, answer in session.discharge if answer is None]
    not_fine = [item for item, answer in session.discharge if answer is False]
    if session.points and missing:
        yield Finding(RULES["discharge_open"], "", (("items", ", ".join(missing)),))
    if not_fine and not session.discharge_note.strip():
        yield Finding(RULES["discharge_unexplained"], "", (("items", ", ".join(not_fine)),))


VISIT_CHECKS = (
    is_screened_today,
    answers_agree_with_the_register,
    answers_agree_with_the_points,
    nothing_forbids,
    cautions_are_weighed,
    is_consented,
    scores_are_possible,
    injections_are_possible,
    scores_fall,
    is_scored_after,
    interval_is_usual,
    sharps_are_back,
    is_fit_to_go,
)
