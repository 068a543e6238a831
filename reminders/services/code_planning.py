"""Plan the messages with a code, as soon as somebody asked for one."""

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from patients.choices import ContactKind
from patients.models import ContactCode
from reminders.choices import Channel, Step
from reminders.models import Message
from reminders.queries.contact_codes import unsent_codes
from reminders.services.planning import AT_ONCE


@transaction.atomic
def plan(*, by: Actor, now: datetime) -> int:
    """Insert them; return how many rows were offered to the table. The unique key keeps two planners from two."""
    rows = [_message(code, by) for code in unsent_codes(by, now=now, limit=AT_ONCE)]
    Message.objects.bulk_create(rows, ignore_conflicts=True, batch_size=AT_ONCE)
    return len(rows)


def _message(code: ContactCode, by: Actor) -> Message:
    channel = Channel.EMAIL if code.contact_point.kind == ContactKind.EMAIL else Channel.TEXT
    return Message(
        clinic_id=by.clinic_id,
        patient_id=code.contact_point.patient_id,
        contact_code=code,
        step=Step.CONTACT_CODE,
        channel=channel,
        dedupe_key=f"code:{code.pk}:{channel}",
        due_at=code.asked_at,
        next_at=code.asked_at,
        expires_at=code.expires_at,
        is_requested=True,
    )
