"""Prove that every signed session, picture and paper is still what it was."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Clinic
from common.tenancy import tenant
from sessions.choices import Breakage, Proven
from sessions.queries.signatures import gone_sessions, walk

_WORDS = {
    Proven.SESSION: "is not what was signed",
    Proven.PICTURE: "is not what was kept",
    Proven.PAPER: "is not what was made",
}


class Command(BaseCommand):
    help = "Compares every signed session with its document, hash and audit event, and names those that differ."

    def handle(self, *args: Any, **options: Any) -> None:
        checked, broken, unknown = 0, 0, 0
        for clinic in Clinic.objects.order_by("pk"):
            with tenant(clinic.pk, actor="command:verify_signatures"):
                for what in Proven:
                    for looked in walk(clinic.pk, what):
                        checked += looked.checked if what == Proven.SESSION else 0
                        for one in looked.found:
                            is_unknown = one.problem == Breakage.VERSION
                            unknown += is_unknown
                            broken += not is_unknown
                            words = "is of a version nobody here knows" if is_unknown else _WORDS[what]
                            self.stdout.write(f"clinic {clinic.pk}: {what} {one.row_id} {words} ({one.problem})")
                for session_id in gone_sessions(clinic.pk):
                    broken += 1
                    self.stdout.write(f"clinic {clinic.pk}: session {session_id} was signed and is gone")
        self.stdout.write(f"{checked} signed sessions checked, {broken} broken, {unknown} of an unknown version")
        if broken:
            raise CommandError(f"{broken} signed sessions, pictures or papers were changed behind the record's back.")
