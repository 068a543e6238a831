"""Which codes somebody asked for and nobody was sent yet."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from accounts.actors import Actor
from patients.models import ContactCode
from reminders.models import Message


def unsent_codes(by: Actor, *, now: datetime, limit: int) -> list[ContactCode]:
    """Codes that stand and have no message yet, with their contacts."""
    sent = Message.objects.filter(clinic_id=by.clinic_id, contact_code=OuterRef("pk"))
    rows = ContactCode.objects.visible_to(by).standing().filter(~Exists(sent), expires_at__gt=now)
    return list(rows.select_related("contact_point").order_by("expires_at")[:limit])
