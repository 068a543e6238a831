"""`manage.py backup`: one backup now; `--forever`: the process that keeps them (docker-compose.yml, backup)."""

import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pitclinic.backups import deployment, service
from pitclinic.backups.sets import FULL, INCREMENTAL, Store


class Command(BaseCommand):
    help = "Backs up the database, the uploads and the keys to PITCLINIC_BACKUP_DIR, encrypted, as the role pit_backup."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--full", action="store_true", help="a whole copy, not what changed since the last backup")
        parser.add_argument("--forever", action="store_true", help="a backup a day, the log of changes all the time")
        parser.add_argument(
            "--uploads", type=Path, help="the folder of uploaded files; that of the settings if left out"
        )
        parser.add_argument(
            "--account", default="postgres", help="who runs PostgreSQL in a drill, where this runs as root"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            store = deployment.store()
            if options["forever"]:
                store.prepare(is_alone=True)
                self._forever(store, options)
            else:
                self._once(store, options)
        except service.FAULTS as fault:
            raise CommandError(str(fault)) from fault

    def _once(self, store: Store, options: dict[str, Any]) -> None:
        receiver = deployment.receiver(store)
        alone = not receiver.is_held_by_another()
        store.prepare(is_alone=alone)
        if alone:
            receiver.start()
        try:
            made = service.take(
                store,
                kind=FULL if options["full"] or receiver.has_gap else INCREMENTAL,
                files=options["uploads"],
                receiver=receiver if alone else None,
                say=self.stdout.write,
                clock=_clock,
            )
        finally:
            if alone:
                receiver.stop()
        rows = sum(sum(clinics.values()) for clinics in made.counts.values())
        clinics = sum(made.counts.get("accounts_clinic", {}).values())
        self.stdout.write(f"{made.name} is complete: {rows:,} rows of {clinics} clinic{'s' * (clinics != 1)}")

    def _forever(self, store: Store, options: dict[str, Any]) -> None:
        signal.signal(signal.SIGTERM, _interrupt)
        keeper = service.Service(
            store, files=options["uploads"], account=options["account"], say=self._say, clock=_clock
        )
        try:
            keeper.run()
        except KeyboardInterrupt:
            self._say("The backups have stopped")

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()


def _clock() -> datetime:
    return datetime.now(UTC)


def _interrupt(signum: int, frame: object) -> None:
    raise KeyboardInterrupt
