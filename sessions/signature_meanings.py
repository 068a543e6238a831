"""What a signature would say, for the page that signs; record and paper say what the document holds."""

from uuid import UUID

from accounts.models import Membership
from sessions.choices import Statement


def meaning(*, treated_by: Membership, signer_user_id: UUID | None) -> str:
    """Who signs a colleague's treatment does not say that they gave it."""
    statement = Statement.TREATED if treated_by.user_id == signer_user_id else Statement.READ
    return str(statement.label) % {"name": treated_by.user.full_name}
