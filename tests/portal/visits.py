"""A patient with a message in the mailbox, and a browser to open its link with."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import mail as django_mail
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import Clinic
from common.tenancy import tenant
from reminders.choices import Step
from reminders.models import Message
from reminders.services import sweeps
from sessions.models import InjectionSession
from tests.reminders.factories import message_for, treated

BORN = {"day": "17", "month": "5", "year": "1970"}


def without_tokens(response: HttpResponse) -> bytes:
    """The body without what differs on every page: the masked CSRF tokens."""
    return re.sub(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[A-Za-z0-9]+', rb"\1", response.content)


@dataclass
class Told:
    clinic: Clinic
    session: InjectionSession
    message: Message
    key: str
    browser: Client

    @property
    def url(self) -> str:
        return f"/p/{self.key}/"

    def enter(self, **born: str) -> HttpResponse:
        return self.browser.post(self.url, {**BORN, **born})

    def tap(self, page: str, **answer: str) -> HttpResponse:
        return self.browser.post(f"/p/{page}/", answer)

    def fresh_link(self) -> InjectionSession:
        self.message.access_link.refresh_from_db()
        return self.message.access_link


def told(
    clinic: Clinic,
    *,
    now: datetime | None = None,
    ago: timedelta = timedelta(hours=30),
    step: str = Step.CHECK_24H,
    **patient,
) -> Told:
    """A session signed ``ago``, and its message sent; the key is read from the mail, as the patient would."""
    now = now or timezone.now()
    already = len(django_mail.outbox)
    with tenant(clinic.pk, actor="test"):
        session = treated(clinic, signed_at=now - ago, **patient)
        message = message_for(session, due_at=now - timedelta(minutes=1), is_requested=True, step=step)
    sweeps.sweep(clinic=clinic, owner="test", clock=lambda: now)
    ids = {str(message.pk)}
    mine = next(
        m for m in django_mail.outbox[already:] if m.extra_headers["Message-ID"].strip("<").split("@")[0] in ids
    )
    key = re.search(r"/p/([^/\s]+)/", mine.body).group(1)
    with tenant(clinic.pk, actor="test"):
        message.refresh_from_db()
        message.access_link  # noqa: B018 - loaded while the clinic is in context
    return Told(clinic, session, message, key, Client())
