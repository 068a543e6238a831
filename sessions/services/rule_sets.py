"""Change a clinic's rules: always a new version, with who and why."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from sessions.models import RuleSet
from sessions.queries.rule_sets import latest_rule_set, rule_settings
from sessions.rules.settings import DEFAULTS_VERSION, RuleSettings, as_json, changes, problems


class RuleSetRefusedError(Exception):
    """The rules cannot be set like this; the text says why."""


@transaction.atomic
def change(
    *,
    settings: RuleSettings,
    reason: str,
    version: int,
    confirms_weaker: bool = False,
    by: Actor,
    now: datetime,
) -> RuleSet:
    """Put ``settings`` in force. ``version`` is the one they were read at, 0 where there was none.

    Raises ``RuleSetRefusedError`` for figures that cannot be, without a reason, without a change, for a stop that would
    grow weaker without ``confirms_weaker``, and when somebody else changed the rules in between.
    """
    made = changes(rule_settings(by.clinic_id), settings)
    _check(settings, made_any=bool(made), reason=reason)
    if any(one.is_weaker_stop for one in made) and not confirms_weaker:
        raise RuleSetRefusedError(_("A stop would no longer stop: confirm it."))
    try:
        with transaction.atomic():
            return _write(settings, version=version + 1, reason=reason.strip(), by=by.membership_id, now=now, actor=by)
    except IntegrityError as error:
        raise RuleSetRefusedError(
            _("Somebody else changed the rules after you opened them. Nothing was overwritten.")
        ) from error


def _check(settings: RuleSettings, *, made_any: bool, reason: str) -> None:
    if problems(settings):
        raise RuleSetRefusedError(_("A figure is not possible."))
    if not made_any:
        raise RuleSetRefusedError(_("Nothing was changed."))
    if not reason.strip():
        raise RuleSetRefusedError(_("A change of the rules needs a reason."))


def in_force(*, by: Actor, now: datetime) -> RuleSet:
    """The version that a signature is given under. Where a clinic has set nothing, the product's defaults are kept."""
    row = latest_rule_set(by.clinic_id)
    defaults = as_json(RuleSettings())
    if row is not None and (row.made_by_id or row.settings == defaults):
        return row
    version = row.version + 1 if row else 1
    try:
        with transaction.atomic():
            words = f"The product’s defaults, {DEFAULTS_VERSION}"
            return _write(RuleSettings(), version=version, reason=words, by=None, now=now, actor=by)
    except IntegrityError:
        # Two first signatures at once: the other one's row holds the same.
        return RuleSet.objects.visible_to(by).get(version=version)


def _write(
    settings: RuleSettings, *, version: int, reason: str, by: UUID | None, now: datetime, actor: Actor
) -> RuleSet:
    return RuleSet.objects.create(
        clinic_id=actor.clinic_id,
        version=version,
        settings=as_json(settings),
        defaults_version=DEFAULTS_VERSION,
        reason=reason,
        made_at=now,
        made_by_id=by,
    )
