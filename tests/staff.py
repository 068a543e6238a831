"""A browser in which a member of a clinic is signed in."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import resolve, reverse

from accounts.models import Membership

# Where the form stands that is sent to another address.
PAGES: dict[str, Callable[[dict[str, Any]], str]] = {
    "sessions:change_role": lambda given: reverse("accounts:person", kwargs=given),
    "reminders:move_on_call": lambda given: reverse("reminders:on_call"),
}
_SHOWN = re.compile(r'<input type="hidden" name="(seen|order)" value="([^"]*)"')


class StaffClient(Client):
    """``member`` is who signed in (the fixture ``staff_client``).

    A form that may be sent once gets a fresh key, and one that writes over what stands what its page shows now, as if
    the page had been opened for it, unless the test gives them.
    """

    member: Membership

    def post(self, path: str, data: Any = None, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override] # as loose
        fields = {} if data is None else data
        if isinstance(fields, dict):
            match = resolve(path.partition("?")[0])
            if getattr(match.func, "is_one_by_one", False) and not {"seen", "order"} & set(fields):
                page = PAGES[match.view_name](match.kwargs) if match.view_name in PAGES else path
                data = fields = {**self._shown_on(page), **fields}
            if getattr(match.func, "is_once", False):
                data = {"once": str(uuid4()), **fields}
        return super().post(path, data, *args, **kwargs)

    def _shown_on(self, page: str) -> dict[str, str]:
        return {name: unescape(value) for name, value in _SHOWN.findall(self.get(page).content.decode())}
