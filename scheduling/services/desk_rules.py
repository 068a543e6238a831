"""The front desk's own rules: one row a clinic."""

from accounts.actors import Actor
from scheduling.models import DeskRules


def save(*, rules: DeskRules, by: Actor) -> DeskRules:
    """Store them; whoever was first with a new row, the clinic keeps one."""
    values = {"no_show_after_minutes": rules.no_show_after_minutes}
    kept, _is_new = DeskRules.objects.visible_to(by).update_or_create(clinic=by.clinic, defaults=values)
    return kept
