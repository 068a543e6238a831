"""What this member typed into this session and did not get saved."""

from accounts.actors import Actor
from sessions.models import InjectionSession, UnsavedTyping


def typing_of(session: InjectionSession, actor: Actor, *, is_locked: bool = False) -> UnsavedTyping | None:
    own = UnsavedTyping.objects.visible_to(actor).filter(injection_session=session, member_id=actor.membership_id)
    return (own.select_for_update() if is_locked else own).first()
