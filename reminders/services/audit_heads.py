"""The head of each audit trail leaves this machine once a day, so that a trail whose end was cut is found."""

from datetime import datetime
from uuid import uuid4

from django.conf import settings

from accounts.choices import Proof
from accounts.models import Clinic
from accounts.services import integrity_reports
from audit import head_files
from audit.services import audit_events
from common.tenancy import tenant
from reminders.mail import Letter, MailAwayError, Outcome, mail_server, send


def send_away(*, now: datetime) -> bool:
    """Mail the heads to ``AUDIT_HEAD_EMAIL`` and append them to ``AUDIT_HEAD_FILE``; whether they left each way that is
    set. Nothing where none is."""
    ways = [
        *([_send] if settings.AUDIT_HEAD_EMAIL else []),
        *([_append] if settings.AUDIT_HEAD_FILE else []),
    ]
    if not ways:
        return False
    heads = _heads()
    failed = sum([not way(heads, now) for way in ways])
    integrity_reports.stands(Proof.HEAD, problem_count=failed, proven_at=None if failed else now, now=now)
    return not failed


def _append(heads: list[tuple[str, str]], now: datetime) -> bool:
    try:
        head_files.append(settings.AUDIT_HEAD_FILE, heads, now=now)
    except OSError:
        return False
    return True


def _send(heads: list[tuple[str, str]], now: datetime) -> bool:
    try:
        with mail_server() as connection:
            return send(connection, _letter(heads, now)).outcome == Outcome.ACCEPTED
    except MailAwayError:
        return False


def _letter(heads: list[tuple[str, str]], now: datetime) -> Letter:
    lines = [f"{head}  (clinic {clinic_id})" for clinic_id, head in heads]
    return Letter(
        message_id=uuid4(),
        to=settings.AUDIT_HEAD_EMAIL,
        sender_name="PIT Clinic",
        subject=f"Audit heads {now:%Y-%m-%d}",
        body="\n".join(
            [
                f"The heads of the audit trails on {now:%Y-%m-%d %H:%M} UTC. Keep this mail outside the server:",
                "with it `manage.py audit_verify --kept FILE` finds a trail whose end was cut. It tells of no patient.",
                "",
                *(lines or ["Nothing is sealed yet."]),
            ]
        ),
    )


def _heads() -> list[tuple[str, str]]:
    found = []
    for clinic in Clinic.objects.order_by("pk"):
        with tenant(clinic.pk, actor="task:reminders.send_audit_heads"):
            head = audit_events.head(clinic.pk)
        if head:
            found.append((str(clinic.pk), head))
    return found
