"""Run every rule over one session."""

from collections.abc import Callable, Iterator

from sessions.rules.amounts import AMOUNT_CHECKS
from sessions.rules.facts import Session
from sessions.rules.points import POINT_CHECKS
from sessions.rules.table import Finding, Level
from sessions.rules.visit import VISIT_CHECKS

Check = Callable[[Session], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (*VISIT_CHECKS, *POINT_CHECKS, *AMOUNT_CHECKS)
_ORDER = {Level.STOP: 0, Level.STOP_OR_OVERRIDE: 1, Level.WARNING: 2}


def findings(session: Session) -> list[Finding]:
    """Everything the session does not keep, each once, what stops first."""
    found: dict[str, Finding] = {}
    for check in CHECKS:
        for finding in check(session):
            found.setdefault(f"{finding.rule.sentence} {finding.key}", finding)
    return sorted(found.values(), key=lambda finding: (_ORDER[finding.rule.level], finding.rule.id))
