"""A person's role at a clinic."""

from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models.clinic_owned import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, manager_of


class MembershipQuerySet(ClinicOwnedQuerySet["Membership"]):
    def active(self) -> Self:
        return self.filter(is_active=True, user__is_active=True)

    def of_user(self, user_id: UUID | None) -> Self:
        return self.filter(user_id=user_id)

    def admins(self) -> Self:
        return self.active().filter(role=Role.CLINIC_ADMIN)

    def clinicians(self) -> Self:
        return self.active().filter(role=Role.CLINICIAN).select_related("user").order_by("user__full_name", "id")

    def co_signers(self) -> Self:
        """Clinicians whose own records need no second name: they alone give one."""
        return self.clinicians().filter(needs_co_signature=False)


class Membership(ClinicOwned):
    """Rows of the own clinic are visible, and the own rows at every clinic (to choose one at sign-in).

    ``supervisor`` is who co-signs for somebody who needs it; null: whoever may. The database keeps one who may
    (accounts/sql/last_co_signer.sql).
    """

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=16, choices=Role)
    is_active = models.BooleanField(_("active"), default=True)
    needs_co_signature = models.BooleanField(_("needs a co-signature"), default=False)
    supervisor = ClinicForeignKey(
        "accounts.Membership", null=True, blank=True, related_name="supervised", verbose_name=_("supervisor")
    )

    objects: ClassVar[MembershipQuerySet] = manager_of(MembershipQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "user"], name="accounts_membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="accounts_membership_role"),
            models.CheckConstraint(
                condition=~models.Q(supervisor=models.F("id")), name="accounts_membership_supervisor_is_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"

    @property
    def is_bookable(self) -> bool:
        """Whether patients are booked with this member; needs ``user`` loaded."""
        return self.role == Role.CLINICIAN and self.is_active and self.user.is_active

    def as_actor(self) -> Actor:
        """The actor this member is; needs ``clinic`` and ``user`` loaded."""
        return Actor(
            clinic=self.clinic,
            role=self.role,
            name=self.user.full_name,
            membership_id=self.pk,
            user_id=self.user_id,
            has_shortcuts=self.user.has_shortcuts,
        )
