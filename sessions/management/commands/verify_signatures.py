"""Prove that every signed session is still what was signed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Clinic
from common.tenancy import tenant
from sessions.models import InjectionSession
from sessions.queries.signatures import broken_signatures


class Command(BaseCommand):
    help = "Makes the hash of every signed session anew and names those that differ from what was signed."

    def handle(self, *args: Any, **options: Any) -> None:
        checked, broken = 0, 0
        for clinic in Clinic.objects.order_by("pk"):
            with tenant(clinic.pk, actor="command:verify_signatures"):
                checked += InjectionSession.objects.filter(clinic=clinic, signed_at__isnull=False).count()
                for session_id in broken_signatures(clinic.pk):
                    broken += 1
                    self.stdout.write(f"clinic {clinic.pk}: session {session_id} is not what was signed")
        self.stdout.write(f"{checked} signed sessions checked, {broken} broken")
        if broken:
            raise CommandError(f"{broken} signed sessions were changed behind the record's back.")
