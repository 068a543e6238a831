"""Only in demo mode: the patients' mailbox, read from the mail files the worker really wrote."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.decorators import public

NEWEST = 50
_BETWEEN = b"-" * 79


@dataclass(frozen=True)
class Mail:
    sent_at: datetime
    sender: str
    to: str
    subject: str
    body: str


@public
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    if not settings.DEMO_MODE:
        raise Http404
    return render(
        request, "reminders/outbox.html", {"mails": list(_newest(Path(str(getattr(settings, "EMAIL_FILE_PATH", "")))))}
    )


def _newest(folder: Path) -> Iterator[Mail]:
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[:NEWEST]:
        for text in reversed(path.read_bytes().split(_BETWEEN)):
            if text.strip():
                yield _read(text.lstrip())


def _read(text: bytes) -> Mail:
    mail = message_from_bytes(text, policy=policy.default)
    body = mail.get_body(("plain",))
    return Mail(
        sent_at=mail["Date"].datetime,
        sender=str(mail["From"]),
        to=str(mail["To"]),
        subject=str(mail["Subject"]),
        body=body.get_content() if body else "",
    )
