"""Whether a person's pages listen for single keys and Alt; kept with the person, in every browser."""

from accounts.actors import Actor
from accounts.models import User


def switch(*, is_on: bool, by: Actor) -> None:
    User.objects.filter(pk=by.user_id).update(has_shortcuts=is_on)
