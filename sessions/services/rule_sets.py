"""Change a clinic's rules: always a new version, with who and why; what weakens one waits for a clinician."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.permissions import Act
from accounts.services import staff_letters
from sessions.models import RuleProposal, RuleSet
from sessions.queries.rule_sets import latest_rule_set, rule_settings
from sessions.rules.settings import (
    DEFAULTS_VERSION,
    RuleSettings,
    as_json,
    changes,
    from_json,
    is_real_reason,
    problems,
)


class RuleSetRefusedError(Exception):
    """The rules cannot be set like this; the text says why."""


@transaction.atomic
def change(*, settings: RuleSettings, reason: str, version: int, by: Actor, now: datetime) -> RuleSet:
    """Put ``settings`` in force. ``version`` is the one they were read at, 0 where there was none.

    Raises ``RuleSetRefusedError`` for figures that cannot be, without a reason, without a change, for what stops or
    asks less than it did (``ask``), and when a colleague changed the rules in between.
    """
    if _check(settings, reason, by):
        raise RuleSetRefusedError(_("This weakens a rule: a clinician has to agree."))
    return _write(settings, version=version + 1, reason=reason.strip(), made_by=by.membership_id, now=now, actor=by)


@transaction.atomic
def ask(*, settings: RuleSettings, reason: str, version: int, by: Actor, now: datetime) -> RuleProposal:
    """Let a change that weakens a rule wait for a clinician, and tell all of them. Raises as ``change`` does."""
    if by.membership_id is None or not _check(settings, reason, by):
        raise RuleSetRefusedError(_("Nothing here weakens a rule."))
    if not is_real_reason(reason):
        raise RuleSetRefusedError(_("Explain in words why a rule is to be weaker: the clinicians judge by it."))
    latest = latest_rule_set(by.clinic_id)
    if version != (latest.version if latest else 0):
        raise RuleSetRefusedError(_changed_meanwhile())
    try:
        with transaction.atomic():
            asked = RuleProposal.objects.create(
                clinic_id=by.clinic_id,
                settings=as_json(settings),
                base_version=version,
                reason=reason.strip(),
                asked_at=now,
                asked_by_id=by.membership_id,
            )
    except IntegrityError as error:
        words = _("Another change waits for a clinician already. Withdraw it first, or wait for the answer.")
        raise RuleSetRefusedError(words) from error
    staff_letters.tell_clinicians(by=by, now=now)
    return asked


@transaction.atomic
def agree(*, proposal_id: UUID, by: Actor, now: datetime) -> RuleSet:
    """A clinician answers for the weaker rules by name: they are in force, and every clinician is told."""
    if by.membership_id is None or not by.may(Act.AGREE_TO_RULES):
        raise RuleSetRefusedError(_("A clinician agrees to weaker rules."))
    asked = _held(proposal_id, by)
    made = _write(
        from_json(asked.settings),
        version=asked.base_version + 1,
        reason=asked.reason,
        made_by=asked.asked_by_id,
        agreed_by=by.membership_id,
        now=now,
        actor=by,
    )
    asked.is_agreed = True
    _decide(asked, by=by, now=now)
    staff_letters.tell_clinicians(by=by, now=now)
    return made


@transaction.atomic
def refuse(*, proposal_id: UUID, answer: str, by: Actor, now: datetime) -> RuleProposal:
    """Say no, or take one's own back: nothing changes."""
    if not answer.strip():
        raise RuleSetRefusedError(_("Enter a reason."))
    asked = _held(proposal_id, by)
    asked.is_agreed, asked.answer = False, answer.strip()
    _decide(asked, by=by, now=now)
    return asked


def in_force(*, by: Actor, now: datetime) -> RuleSet:
    """The version that a signature is given under. Where a clinic has set nothing, the product's defaults are kept."""
    row = latest_rule_set(by.clinic_id)
    defaults = as_json(RuleSettings())
    if row is not None and (row.made_by_id or row.settings == defaults):
        return row
    version = row.version + 1 if row else 1
    words = f"The product’s defaults, {DEFAULTS_VERSION}"
    try:
        return _write(RuleSettings(), version=version, reason=words, made_by=None, now=now, actor=by)
    except RuleSetRefusedError:
        # Two first signatures at once: the other one's row holds the same.
        return RuleSet.objects.visible_to(by).get(version=version)


def _check(settings: RuleSettings, reason: str, by: Actor) -> bool:
    """Whether a rule grows weaker. Raises for what cannot be."""
    made = changes(rule_settings(by.clinic_id), settings)
    if problems(settings):
        raise RuleSetRefusedError(_("A figure is not possible."))
    if not made:
        raise RuleSetRefusedError(_("Nothing was changed."))
    if not reason.strip():
        raise RuleSetRefusedError(_("A change of the rules needs a reason."))
    return any(one.is_weaker for one in made)


def _held(proposal_id: UUID, by: Actor) -> RuleProposal:
    asked = RuleProposal.objects.visible_to(by).select_for_update(of=("self",)).get(pk=proposal_id)
    if asked.decided_at is not None:
        raise RuleSetRefusedError(_("This change was decided already."))
    return asked


def _decide(asked: RuleProposal, *, by: Actor, now: datetime) -> None:
    asked.decided_at, asked.decided_by_id = now, by.membership_id
    asked.save(update_fields=["decided_at", "decided_by", "is_agreed", "answer"])


def _changed_meanwhile() -> str:
    return _("The rules were changed after you opened them. Nothing was overwritten.")


def _write(
    settings: RuleSettings,
    *,
    version: int,
    reason: str,
    made_by: UUID | None,
    now: datetime,
    actor: Actor,
    agreed_by: UUID | None = None,
) -> RuleSet:
    try:
        with transaction.atomic():
            return RuleSet.objects.create(
                clinic_id=actor.clinic_id,
                version=version,
                settings=as_json(settings),
                defaults_version=DEFAULTS_VERSION,
                reason=reason,
                made_at=now,
                made_by_id=made_by,
                weakens=agreed_by is not None,
                agreed_by_id=agreed_by,
            )
    except IntegrityError as error:
        raise RuleSetRefusedError(_changed_meanwhile()) from error
