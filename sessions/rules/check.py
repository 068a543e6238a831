"""Run every rule over one session."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from sessions.rules.amounts import AMOUNT_CHECKS
from sessions.rules.codes import CODE_CHECKS
from sessions.rules.facts import Session
from sessions.rules.points import POINT_CHECKS
from sessions.rules.table import BY_STRENGTH, NAMES, Finding
from sessions.rules.time_outs import TIME_OUT_CHECKS
from sessions.rules.visit import VISIT_CHECKS

Check = Callable[[Session], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (*VISIT_CHECKS, *CODE_CHECKS, *TIME_OUT_CHECKS, *POINT_CHECKS, *AMOUNT_CHECKS)


def findings(session: Session) -> list[Finding]:
    """Everything the session does not keep, each once at the clinic's own level, what stops first."""
    found: dict[str, Finding] = {}
    for check in CHECKS:
        for finding in check(session):
            found.setdefault(f"{finding.rule.sentence} {finding.key}", _at_level(finding, session))
    return sorted(found.values(), key=lambda finding: (BY_STRENGTH.index(finding.rule.level), finding.rule.id))


def _at_level(finding: Finding, session: Session) -> Finding:
    """The finding as strict as the clinic has set its rule, never weaker than the rule allows."""
    chosen = session.levels.get(NAMES[finding.rule], finding.rule.level)
    if chosen == finding.rule.level or chosen.is_weaker_than(finding.rule.weakest):
        return finding
    return replace(finding, rule=replace(finding.rule, level=chosen))
