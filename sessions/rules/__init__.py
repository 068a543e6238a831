"""The rules of domain.md §11 that a session must keep, as data and pure checks. No Django, no rows."""

from sessions.rules.check import findings
from sessions.rules.table import RULES, Finding, Level, Rule

__all__ = ["RULES", "Finding", "Level", "Rule", "findings"]
