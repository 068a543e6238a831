"""`manage.py restore --to …`: the deployment as it stood at a moment, on this machine or another."""

import os
import pwd
from argparse import ArgumentTypeError
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pitclinic.backups import counting, deployment, restoring, service
from pitclinic.backups.restoring import Restoration, Restored
from pitclinic.backups.sets import Store

_LIKE = '"2026-11-30 09:12:00+01:00"'


class Command(BaseCommand):
    help = (
        "Restores from PITCLINIC_BACKUP_DIR into a new data folder of PostgreSQL, counts the rows, holds the"
        " messages for review, and ends sign-ins, codes and links. --drill does it into a folder that is thrown away."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, help="the data folder of PostgreSQL to make; nothing may be in it")
        parser.add_argument("--replace", action="store_true", help="move what is in it aside, and keep it")
        parser.add_argument("--until", type=_moment, help='the moment, with its zone: "2026-11-30 09:12:00+01:00"')
        parser.add_argument(
            "--uploads", type=Path, help="the folder of uploaded files; that of the settings if left out"
        )
        parser.add_argument("--account", default="postgres", help="who runs PostgreSQL, where this runs as root")
        parser.add_argument("--drill", action="store_true", help="restore the newest, count, throw away, and report it")
        parser.add_argument("--keys", action="store_true", help="only print the keys of the newest backup, for .env")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            store = deployment.store_alone() if options["keys"] else deployment.store()
            if options["keys"]:
                for name, word in restoring.keys_of(store, store.newest(until=options["until"])).items():
                    self.stdout.write(f"{name}={word}")
            elif options["drill"]:
                service.drill(store, account=options["account"], say=self.stdout.write, clock=_clock)
                self.stdout.write("The drill has passed; nothing of it is kept")
            else:
                self._restore(store, options)
        except service.FAULTS as fault:
            raise CommandError(str(fault)) from fault

    def _restore(self, store: Store, options: dict[str, Any]) -> None:
        target = options["to"]
        if target is None:
            raise CommandError("Say where to: --to /var/lib/postgresql/18/docker")
        self._check_account(options["account"])
        restoration = Restoration(
            store, target, options["until"], options["account"], deployment.database(), self.stdout.write,
            replaces=options["replace"],
        )  # fmt: skip
        restored = restoration.run(
            now=_clock(), uploads=options["uploads"] or deployment.uploads(), passwords=deployment.passwords()
        )
        self._tell(target, restored)

    def _check_account(self, account: str) -> None:
        if os.geteuid() != 0:
            return  # then it runs as whoever runs this
        try:
            pwd.getpwnam(account)
        except KeyError as missing:
            raise CommandError(f"There is no account {account} here; name one with --account.") from missing

    def _tell(self, target: Path, restored: Restored) -> None:
        reached = restored.reached_at or restored.manifest.counted
        self.stdout.write(
            f"{target} stands as at {reached:%Y-%m-%d %H:%M:%S} UTC: {counting.total(restored.counts):,} rows."
        )
        self.stdout.write("What was entered after that is not in it. The page Messages shows what is held.")
        if restored.lost:
            self.stdout.write(
                f"At {restored.after.counted:%Y-%m-%d %H:%M:%S} UTC there were also {counting.in_words(restored.lost)}."
            )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no moment; write it like {_LIKE}") from error
    if moment.tzinfo is None:
        raise ArgumentTypeError(f"{text} says no time zone; write it like {_LIKE}")
    return moment.astimezone(UTC)


def _clock() -> datetime:
    return datetime.now(UTC)
