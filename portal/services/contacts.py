"""The patient says, from the link in the message, that it arrived. The birth date keeps a stranger's mailbox out."""

from datetime import datetime

from django.db import transaction
from django.utils.crypto import constant_time_compare

from accounts.actors import Actor
from patients.models import AccessLink
from patients.services import access_links, contact_codes
from patients.services.contact_codes import Answer
from portal.queries import Door


@transaction.atomic
def confirm(*, door: Door, birth_date: str, by: Actor, now: datetime) -> bool:
    """Whether the address is confirmed now: the birth date (ISO) is the patient's; else the failure is counted.

    Locks the link, so that tries made at the same time are counted one after the other.
    """
    link = (
        AccessLink.objects.visible_to(by).select_for_update(of=("self",)).select_related("patient").get(pk=door.link.pk)
    )
    if not access_links.is_open(link, now=now) or door.message.contact_code_id is None:
        return False
    if not constant_time_compare(birth_date, door.link.patient.birth_date.isoformat()):
        access_links.count_failure(link=link, by=by, now=now)
        return False
    answer = contact_codes.confirm_by_link(by=by, now=now, code_id=door.message.contact_code_id)
    access_links.mark_used(link_id=link.pk, by=by, now=now)
    return answer is not Answer.OVER
