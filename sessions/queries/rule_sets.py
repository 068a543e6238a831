"""The rules a clinic has in force, and how they came about."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from accounts.actors import Actor
from sessions.models import RuleProposal, RuleSet
from sessions.rules.settings import Change, RuleSettings, changes, from_json


@dataclass(frozen=True)
class RuleVersion:
    """A version and what it changed against the one before; the first is compared with the product's defaults."""

    row: RuleSet
    changes: list[Change]


@dataclass(frozen=True)
class WaitingChange:
    """What waits for a clinician, compared with what is in force now."""

    row: RuleProposal
    changes: list[Change]


def latest_rule_set(clinic_id: UUID) -> RuleSet | None:
    return RuleSet.objects.filter(clinic_id=clinic_id).order_by("-version").first()


def rule_settings(clinic_id: UUID) -> RuleSettings:
    """What is in force: the clinic's newest version, or the product's defaults where it has set nothing."""
    row = latest_rule_set(clinic_id)
    return from_json(row.settings) if row and row.made_by_id else RuleSettings()


def rule_history(actor: Actor) -> Iterator[RuleVersion]:
    """Every version, the newest first."""
    rows = list(
        RuleSet.objects.visible_to(actor).select_related("made_by__user", "agreed_by__user").order_by("-version")
    )
    settings = [*(from_json(row.settings) for row in rows), RuleSettings()]
    for row, own, before in zip(rows, settings, settings[1:], strict=False):
        yield RuleVersion(row, changes(before, own))


def open_proposal(actor: Actor) -> WaitingChange | None:
    row = RuleProposal.objects.visible_to(actor).open().select_related("asked_by__user").first()
    if row is None:
        return None
    return WaitingChange(row, changes(rule_settings(actor.clinic_id), from_json(row.settings)))
