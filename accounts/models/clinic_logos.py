"""The clinic's logo, for the letterhead of its papers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.clinic_owned import ClinicForeignKey, ClinicOwned, ClinicRules


class ClinicLogo(ClinicOwned):
    """``image``: PNG made by ``accounts.logos``, in a table of its own, for every request reads the clinic.

    The audit trail keeps the hash, not the bytes.
    """

    clinic_rules = ClinicRules(is_deletable=True, derived=("image",))

    image = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveSmallIntegerField(_("width (pixels)"))
    height = models.PositiveSmallIntegerField(_("height (pixels)"))
    set_at = models.DateTimeField(_("uploaded"))
    set_by = ClinicForeignKey("accounts.Membership", related_name="+", verbose_name=_("uploaded by"))

    class Meta:
        verbose_name = _("logo")
        constraints = [
            models.UniqueConstraint(fields=["clinic"], name="accounts_cliniclogo_once"),
            models.CheckConstraint(condition=models.Q(width__gt=0, height__gt=0), name="accounts_cliniclogo_size"),
        ]

    def __str__(self) -> str:
        return f"{self.set_at:%Y-%m-%d}"
