"""Every sign-in of everybody, ended at once."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.db.models import F

from accounts.models import SignInLetter, User

# So many that no count of the time after the backup comes again, whose links and cookies would open.
_LEAP = 1_000


@transaction.atomic
def end_all() -> int:
    """Nobody is signed in any more, and no link to a new password works; return how many sign-ins there were."""
    ended, _rows = Session.objects.all().delete()
    UserSession.objects.all().delete()
    SignInLetter.objects.all().delete()
    User.objects.update(sign_ins_ended=F("sign_ins_ended") + _LEAP)
    cache.clear()
    return int(ended)
