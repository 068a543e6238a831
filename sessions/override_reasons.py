"""Why a session goes ahead although a rule asks or stops: a reason from the list, with words. No Django model here.

A reason travels through drafts and forms as one text, ``code|words``; text without a known code is "another reason".
"""

from sessions.choices import OverrideReason
from sessions.rules import Finding, Level

_BAR = "|"


def join(code: str | None, words: str) -> str:
    """One text; nothing where there is neither."""
    words = words.strip()
    return f"{code}{_BAR}{words}" if code else words


def split(reason: str) -> tuple[str, str]:
    """Code and words. Text without a code of the list is another reason; nothing at all has no code."""
    code, bar, words = reason.partition(_BAR)
    if bar and code in OverrideReason.values:
        return code, words.strip()
    words = reason.strip()
    return (OverrideReason.OTHER.value if words else ""), words


def is_something(reason: str) -> bool:
    """Worth keeping in the draft: another reason needs its words, the others speak for themselves."""
    code, words = split(reason)
    return bool(words) or code not in ("", OverrideReason.OTHER)


def is_answer(finding: Finding, reason: str, *, may_lift: bool) -> bool:
    """Whether the reason lets the finding pass: lifting a stop takes words, and somebody who may (domain.md §11)."""
    if not finding.is_answerable or not is_something(reason):
        return False
    return finding.rule.level == Level.WARNING or (may_lift and bool(split(reason)[1]))
