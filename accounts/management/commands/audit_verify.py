"""Prove that nobody changed the audit trail."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Clinic
from audit.head_files import heads_in
from audit.models import AuditSeal
from audit.services import audit_events
from common.tenancy import tenant


class Command(BaseCommand):
    help = "Recomputes each clinic's hash chain; fails with one line for each break, prints each head otherwise."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head", action="append", default=[], help="a head written down earlier: it must still be there"
        )
        parser.add_argument(
            "--kept",
            type=Path,
            help="a file with heads that were kept, such as the daily mail; AUDIT_HEAD_FILE is always read",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        broken, wanted = [], {*options["head"], *_kept(options["kept"]), *_appended()}
        for clinic in Clinic.objects.order_by("name"):
            with tenant(clinic.pk, actor="command:audit_verify"):
                found = audit_events.problems(clinic.pk)
                heads = AuditSeal.objects.filter(clinic_id=clinic.pk).order_by("number")
                links = {f"{number}:{bytes(value).hex()}" for number, value in heads.values_list("number", "hash")}
                last = heads.last()
            wanted -= links
            broken += [f"{clinic.name}: link {number}: {problem}" for number, problem in found]
            head = f"{last.number}:{bytes(last.hash).hex()}" if last else "nothing sealed yet"
            self.stdout.write(f"{clinic.name}: {head}")
        broken += [f"The head {head} is gone: the end of the trail was cut." for head in sorted(wanted)]
        if broken:
            raise CommandError("\n".join(broken))


def _kept(file: Path | None) -> set[str]:
    """Every head in the text of a file. Raises ``CommandError`` where there is none."""
    if file is None:
        return set()
    found = heads_in(file.read_text(encoding="utf-8", errors="replace"))
    if not found:
        raise CommandError(f"{file.name} holds no head of an audit trail.")
    return found


def _appended() -> set[str]:
    """What this server appended to its own file day by day; nothing before the first day."""
    file = Path(settings.AUDIT_HEAD_FILE)
    is_there = settings.AUDIT_HEAD_FILE and file.exists()
    return heads_in(file.read_text(encoding="utf-8", errors="replace")) if is_there else set()
