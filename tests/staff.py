"""A browser in which a member of a clinic is signed in."""

from django.test import Client

from accounts.models import Membership


class StaffClient(Client):
    """``member`` is who signed in (the fixture ``staff_client``)."""

    member: Membership
