"""Prove that every signed session, picture and paper is still what it was."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Clinic
from common.tenancy import tenant
from sessions.models import InjectionSession
from sessions.queries.papers import broken_papers
from sessions.queries.pictures import broken_pictures
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
                for picture_id in broken_pictures(clinic.pk):
                    broken += 1
                    self.stdout.write(f"clinic {clinic.pk}: picture {picture_id} is not what was kept")
                for paper_id in broken_papers(clinic.pk):
                    broken += 1
                    self.stdout.write(f"clinic {clinic.pk}: paper {paper_id} is not what was made")
        self.stdout.write(f"{checked} signed sessions checked, {broken} broken")
        if broken:
            raise CommandError(f"{broken} signed sessions, pictures or papers were changed behind the record's back.")
