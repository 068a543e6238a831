"""A letter about a sign-in, asked for where nobody is anybody yet; a sweep makes it a letter of the person's clinic."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.choices import SIGN_IN_LETTERS, LetterKind


class SignInLetter(models.Model):
    """The same row whoever was asked for: an address that nobody has leaves one of nobody, which the sweep throws away.

    So the sign-in page takes the same time for both, and never waits for a mail server. No address is kept.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=LetterKind)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("letter about a sign-in")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in SIGN_IN_LETTERS]),
                name="accounts_signinletter_kind",
            )
        ]

    def __str__(self) -> str:
        return self.kind
