"""Rules about the visit as a whole: screening, consent, scores, sharps, the interval."""

from collections.abc import Iterator

from sessions.rules.facts import Score, Session
from sessions.rules.table import RULES, Finding

# Screening items and the risk flags of the register that say the same (domain.md §5).
CAUTIONS = {
    "BLEEDING": frozenset({"anticoagulant", "antiplatelet", "bleeding_disorder"}),
    "PREGNANCY": frozenset({"pregnancy", "breastfeeding"}),
    "IMMUNITY": frozenset({"immunosuppression", "recent_steroid", "implant"}),
}


def scores_are_possible(session: Session) -> Iterator[Finding]:
    """V01, V03."""
    for score in session.scores:
        if not 0 <= score.score <= 10:
            yield Finding(RULES["score_range"], score.question)
        if score.measured_at > session.now:
            yield Finding(RULES["score_future"], score.question)
    for before, after in _pairs(session):
        if after.measured_at < before.measured_at:
            yield Finding(RULES["score_order"], before.question)


def scores_fall(session: Session) -> Iterator[Finding]:
    """V04."""
    for before, after in _pairs(session):
        if after.score > before.score + session.limits.score_rise:
            words = (("question", before.question), ("before", str(before.score)), ("after", str(after.score)))
            yield Finding(RULES["score_rise"], f"{before.question} {before.score}-{after.score}", words)


def _pairs(session: Session) -> Iterator[tuple[Score, Score]]:
    before = {score.question: score for score in session.scores if not score.is_after}
    for score in session.scores:
        if score.is_after and score.question in before:
            yield before[score.question], score


def is_scored_after(session: Session) -> Iterator[Finding]:
    """V15: every question asked before is asked again, and at least one is."""
    before = {score.question for score in session.scores if not score.is_after}
    after = {score.question for score in session.scores if score.is_after}
    if session.points and not session.no_after_score_reason and (not after or before - after):
        yield Finding(RULES["no_after_score"], "")


def is_consented(session: Session) -> Iterator[Finding]:
    """V09: nothing may be injected without it."""
    if session.points:
        for gap in session.consent_gaps:
            yield Finding(RULES["no_consent"], gap, (("why", gap),))


def is_screened_today(session: Session) -> Iterator[Finding]:
    """V10."""
    if session.unanswered:
        yield Finding(RULES["screening_open"], "", (("items", ", ".join(session.unanswered)),))
    elif session.screened_date != session.today:
        yield Finding(RULES["screening_old"], "")


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


VISIT_CHECKS = (
    is_screened_today,
    nothing_forbids,
    cautions_are_weighed,
    is_consented,
    scores_are_possible,
    scores_fall,
    is_scored_after,
    interval_is_usual,
    sharps_are_back,
)
