"""One follow-up with everything its page shows; nothing clinical, for the desk rings too."""

from uuid import UUID

from accounts.actors import Actor
from sessions.models import FollowUp


def follow_up_for_page(actor: Actor, follow_up_id: UUID) -> FollowUp | None:
    related = ("patient", "injection_session", "owner__user", "completed_by__user")
    return FollowUp.objects.visible_to(actor).select_related(*related).filter(pk=follow_up_id).first()
