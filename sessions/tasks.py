"""What the clock does for the treatment record: once a day, what nobody waits for any more is let go."""

from celery import shared_task
from django.utils import timezone

from accounts.clinic_tasks import for_each_clinic
from sessions.services import unsaved_typings


@shared_task
def let_old_typing_go() -> None:
    """Each clinic in its own transaction."""
    now = timezone.now()
    for_each_clinic("sessions.let_old_typing_go", lambda actor: unsaved_typings.let_old_go(by=actor, now=now))
