"""Run every rule over one session."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain

from sessions.rules.amounts import AMOUNT_CHECKS
from sessions.rules.changes import CHANGE_CHECKS
from sessions.rules.clock import times
from sessions.rules.codes import CODE_CHECKS
from sessions.rules.facts import Session
from sessions.rules.order import ORDER_CHECKS
from sessions.rules.points import POINT_CHECKS
from sessions.rules.table import BY_STRENGTH, NAMES, RULES, Finding
from sessions.rules.time_outs import TIME_OUT_CHECKS
from sessions.rules.visit import VISIT_CHECKS
from sessions.rules.withdrawals import WITHDRAWAL_CHECKS

Check = Callable[[Session], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (
    *VISIT_CHECKS,
    *CODE_CHECKS,
    *TIME_OUT_CHECKS,
    *ORDER_CHECKS,
    *CHANGE_CHECKS,
    *WITHDRAWAL_CHECKS,
    *POINT_CHECKS,
    *AMOUNT_CHECKS,
)


# What is compared with the first injection: a later one may not keep them without a word.
BY_THE_NEEDLE = frozenset({"V09", "V10", "V23", "P13", "P17"})


def findings(session: Session) -> list[Finding]:
    """Everything the session does not keep, each once at the clinic's own level, what stops first."""
    found: dict[str, Finding] = {}
    for finding in (*_tripped(session), *_needle_is_explained(session)):
        found.setdefault(f"{finding.rule.sentence} {finding.key}", _at_level(finding, session))
    return sorted(found.values(), key=lambda finding: (BY_STRENGTH.index(finding.rule.level), finding.rule.id))


def _tripped(session: Session) -> Iterator[Finding]:
    return chain.from_iterable(check(session) for check in CHECKS)


def _needle_is_explained(session: Session) -> Iterator[Finding]:
    """P14: a first injection that was stated otherwise before, where rules would speak at the time stated first."""
    before = session.as_first_stated
    if before is None or before.first_injected_at is None:
        return
    kept = {one.rule.sentence for one in _tripped(session)}
    then = [one for one in _tripped(before) if one.rule.id in BY_THE_NEEDLE and one.rule.sentence not in kept]
    if then:
        stated = {"before": before.first_injected_at, "now": session.first_injected_at}
        said = {"now": "–", **times(session, **{name: at for name, at in stated.items() if at is not None})}
        rules = ", ".join(dict.fromkeys(one.rule.id for one in then))
        subject = f"{said['before']} {said['now']} {rules}"
        yield Finding(RULES["needle_restated"], subject, (*said.items(), ("rules", rules)))


def _at_level(finding: Finding, session: Session) -> Finding:
    """The finding as strict as the clinic has set its rule, never weaker than the rule allows."""
    chosen = session.levels.get(NAMES[finding.rule], finding.rule.level)
    if chosen == finding.rule.level or chosen.is_weaker_than(finding.rule.weakest):
        return finding
    return replace(finding, rule=replace(finding.rule, level=chosen))
