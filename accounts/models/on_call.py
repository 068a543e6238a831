"""Who is woken when an urgent report comes in: a clinic's own list, in order."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.choices import Role
from accounts.models.clinic_owned import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of


class OnCallPersonQuerySet(ClinicOwnedQuerySet["OnCallPerson"]):
    def able(self) -> Self:
        """Those who can be reached and may take a report: who is switched off or changes role drops out."""
        members = {"membership__is_active": True, "membership__user__is_active": True}
        return self.filter(**members, membership__role=Role.CLINICIAN).exclude(membership__user__email="")

    def in_order(self) -> Self:
        return self.select_related("membership__user").order_by("position")


class OnCallPerson(ClinicOwned):
    """Position 1 is paged first. The e-mail address is the person's own; a mobile phone is for text messages."""

    clinic_rules = ClinicRules(is_deletable=True)

    membership = ClinicForeignKey("accounts.Membership", related_name="on_call")
    position = models.PositiveSmallIntegerField(_("position"))
    mobile = PhoneNumberField(_("mobile phone"), blank=True)

    objects: ClassVar[OnCallPersonQuerySet] = manager_of(OnCallPersonQuerySet)

    class Meta:
        verbose_name = _("person on call")
        constraints = [
            models.UniqueConstraint(fields=["clinic", "membership"], name="accounts_oncallperson_once"),
            models.UniqueConstraint(
                fields=["clinic", "position"],
                name="accounts_oncallperson_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=models.Q(position__gte=1), name="accounts_oncallperson_from_one"),
        ]

    def __str__(self) -> str:
        return str(self.position)

    @property
    def is_able(self) -> bool:
        """As ``able()`` asks; needs the membership and its user loaded."""
        member = self.membership
        has_address = bool(member.user.email)
        return member.is_active and member.user.is_active and member.role == Role.CLINICIAN and has_address
