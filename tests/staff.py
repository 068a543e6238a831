"""A browser in which a member of a clinic is signed in."""

from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import resolve

from accounts.models import Membership


class StaffClient(Client):
    """``member`` is who signed in (the fixture ``staff_client``).

    A form that may be sent once gets a fresh key, as if its page had been opened for it, unless the test gives one.
    """

    member: Membership

    def post(self, path: str, data: Any = None, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override] # as loose
        fields = {} if data is None else data
        if isinstance(fields, dict) and getattr(resolve(path.partition("?")[0]).func, "is_once", False):
            data = {"once": str(uuid4()), **fields}
        return super().post(path, data, *args, **kwargs)
