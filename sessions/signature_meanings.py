"""What a signature says, in one place for the page that signs, the record and the paper."""

from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Membership


def meaning(*, treated_by: Membership, signer_user_id: UUID | None) -> str:
    """Who signs a colleague's treatment does not say that they gave it."""
    if treated_by.user_id == signer_user_id:
        return _("I gave this treatment and this record is true.")
    words = _(
        "%(name)s gave this treatment. I did not give it; I have read this record and it is true as far as I know."
    )
    return words % {"name": treated_by.user.full_name}
