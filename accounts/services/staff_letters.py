"""Letters owed to people who work at the clinic; a sweep of the reminders sends them."""

from datetime import datetime

from accounts.actors import Actor
from accounts.choices import LetterKind
from accounts.models import Membership, StaffLetter


def tell_clinicians(*, by: Actor, now: datetime) -> int:
    """Owe every clinician of the clinic a letter about its safety rules; return how many. The letter names no rule."""
    members = list(Membership.objects.visible_to(by).clinicians())
    letters = [
        StaffLetter(clinic_id=by.clinic_id, kind=LetterKind.RULES, membership=member, next_at=now) for member in members
    ]
    StaffLetter.objects.bulk_create(letters)
    return len(letters)
