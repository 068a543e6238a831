"""The head of each audit trail leaves this machine once a day, so that a trail whose end was cut is found."""

from datetime import datetime
from uuid import uuid4

from django.conf import settings

from accounts.choices import Proof
from accounts.models import Clinic
from accounts.services import integrity_reports
from audit.services import audit_events
from common.tenancy import tenant
from reminders.mail import Letter, MailAwayError, Outcome, mail_server, send


def send_away(*, now: datetime) -> bool:
    """Mail the heads to ``AUDIT_HEAD_EMAIL``; whether the mail left. Nothing where no address is set."""
    if not settings.AUDIT_HEAD_EMAIL:
        return False
    is_sent = _send(_letter(now))
    sent_at = now if is_sent else None
    integrity_reports.stands(Proof.HEAD, problem_count=0 if is_sent else 1, proven_at=sent_at, now=now)
    return is_sent


def _send(letter: Letter) -> bool:
    try:
        with mail_server() as connection:
            return send(connection, letter).outcome == Outcome.ACCEPTED
    except MailAwayError:
        return False


def _letter(now: datetime) -> Letter:
    lines = [f"{head}  (clinic {clinic_id})" for clinic_id, head in _heads()]
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
