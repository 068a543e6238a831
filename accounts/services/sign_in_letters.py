"""What a person is told by mail of their own sign-in: owed by the request in one row, made a letter by a sweep."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.choices import LetterKind
from accounts.models import Membership, SignInLetter, StaffLetter
from common.tenancy import tenant

_BATCH = 500
_ACTOR = "task:accounts.sign_in_letters"


def owe(user_id: UUID | None, kind: LetterKind) -> None:
    """Owe the person a letter; None is nobody, and costs the same."""
    SignInLetter.objects.create(user_id=user_id, kind=kind)


@transaction.atomic
def pass_on(*, now: datetime) -> int:
    """Make what is owed letters of the clinics the people work at; return how many rows were looked at.

    One that still waits is not doubled: it is tried again at once.
    """
    owed = list(SignInLetter.objects.select_for_update(skip_locked=True).order_by("pk")[:_BATCH])
    for row in owed:
        member = _membership_of(row.user_id)
        if member is not None:
            with tenant(member.clinic_id, actor=_ACTOR):
                _as_letter(member, row.kind, now)
    SignInLetter.objects.filter(pk__in=[row.pk for row in owed]).delete()
    return len(owed)


def works_at_one_clinic(user_id: UUID) -> bool:
    """Whether a letter may speak in the name of the clinic alone."""
    with tenant(None, user_id=user_id):
        own = Membership.objects.of_user(user_id)
        return (own.filter(is_active=True).count() or own.count()) == 1


def _membership_of(user_id: UUID | None) -> Membership | None:
    """Where the person works; else where they did, since they may be invited elsewhere and need their password."""
    if user_id is None:
        return None
    with tenant(None, user_id=user_id):
        return Membership.objects.of_user(user_id).order_by("-is_active", "created_at", "pk").first()


def _as_letter(member: Membership, kind: str, now: datetime) -> None:
    letter = StaffLetter(clinic_id=member.clinic_id, kind=kind, membership=member, next_at=now)
    StaffLetter.objects.bulk_create([letter], ignore_conflicts=True)
    waiting = StaffLetter.objects.filter(clinic_id=member.clinic_id, membership=member, kind=kind).planned()
    waiting.filter(next_at__gt=now).update(next_at=now)
