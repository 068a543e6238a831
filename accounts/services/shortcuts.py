"""Whether a person's pages listen for single keys and Alt; kept with the person, in every browser."""

from accounts.actors import Actor
from accounts.models import User


def switch(*, is_on: bool, by: Actor) -> None:
    User.objects.filter(memberships=by.membership_id).update(has_shortcuts=is_on)
