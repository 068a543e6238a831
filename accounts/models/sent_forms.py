"""A form that was sent: its one-time key, and where its first answer led."""

from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models.clinic_owned import ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of


class SentFormQuerySet(ClinicOwnedQuerySet["SentForm"]):
    def sent_by(self, actor: Actor, key: UUID) -> Self:
        return self.visible_to(actor).filter(key=key, made_by=actor.audit_name)


class SentForm(ClinicOwned):
    """What keeps two taps from making two rows.

    ``key`` was written into the form when its page was drawn; ``address`` is the path it was sent to;
    ``said_sha256`` tells a repeat from a form that was corrected in between. Not audited: what
    the form made is, and this row says nothing of anybody.
    """

    clinic_rules = ClinicRules(is_deletable=True, is_audited=False)

    key = models.UUIDField(editable=False)
    made_by = models.CharField(max_length=100, editable=False)
    address = models.TextField(editable=False)
    said_sha256 = models.BinaryField(default=b"", max_length=32)
    location = models.TextField(blank=True, editable=False)

    objects: ClassVar[SentFormQuerySet] = manager_of(SentFormQuerySet)

    class Meta:
        verbose_name = _("form that was sent")
        constraints = [
            models.UniqueConstraint(fields=["clinic", "key"], name="accounts_sentform_once"),
        ]

    def __str__(self) -> str:
        return str(self.key)
