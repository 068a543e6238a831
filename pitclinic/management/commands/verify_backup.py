"""`manage.py verify_backup`: prove that a backup can be restored, without restoring it."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pitclinic.backups import deployment, proving, service


class Command(BaseCommand):
    help = "Opens every file of a backup, of those it builds on, and the log after it; one changed byte is found."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", help="the backup; the newest if left out")
        parser.add_argument(
            "--dump", type=Path, help="check a dump of pg_dump (custom format) against its counts instead"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            store = deployment.store()
            manifest = store.manifest(options["name"]) if options["name"] else store.newest()
            if options["dump"]:
                proving.check_dump(options["dump"], manifest.counts)
                self.stdout.write(f"{options['dump'].name} has rows wherever {manifest.name} has")
                return
            work = Path(settings.BACKUP_WORK_DIR)
            work.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=work) as folder:
                segments = proving.prove(store, manifest, work=Path(folder))
        except service.FAULTS as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"{manifest.name} is whole, with {segments} segments of the log of changes")
