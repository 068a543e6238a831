"""An invitation to work at a clinic: to one mailbox, for one role, for seven days."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role
from accounts.models.clinic_owned import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, manager_of


class InvitationQuerySet(ClinicOwnedQuerySet["Invitation"]):
    def open(self) -> Self:
        """Neither accepted nor withdrawn; one whose link has expired can be sent again."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)

    def to(self, email: str) -> Self:
        return self.filter(email=email.lower())


class Invitation(ClinicOwned):
    """Only the SHA-256 of the link's token is kept. ``issued`` counts the links: the next one kills the one before.

    ``invited_by`` is None where a command invited.
    """

    email = models.EmailField(_("e-mail"))
    full_name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=16, choices=Role)
    invited_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")
    token_hash = models.BinaryField(max_length=32)
    issued = models.PositiveSmallIntegerField(_("links issued"), default=1)
    issued_at = models.DateTimeField(_("last link issued"))
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects: ClassVar[InvitationQuerySet] = manager_of(InvitationQuerySet)

    class Meta:
        verbose_name = _("invitation")
        constraints = [
            models.UniqueConstraint(fields=["clinic", "token_hash"], name="accounts_invitation_token"),
            models.UniqueConstraint(
                fields=["clinic", "email"],
                condition=models.Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="accounts_invitation_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True) | models.Q(withdrawn_at__isnull=True),
                name="accounts_invitation_one_end",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="accounts_invitation_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="accounts_invitation_email_lower_case"
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="accounts_invitation_role"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None

    def lets_in(self, now: datetime) -> bool:
        return self.is_open and now < self.expires_at
