"""Load the reviewed catalogue files into the tables; running it again changes nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from catalogue.services.data_files import DATA, CatalogueError, read
from catalogue.services.loading import Counts, load


class Command(BaseCommand):
    help = "Load nerves, conditions, solutions, instruments and studies from their data files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Check the files and write nothing.")
        parser.add_argument("--directory", type=Path, default=DATA, help="Read the files from here.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["check"]:
                rows = read(options["directory"])
                self.stdout.write(f"{sum(map(len, rows.values()))} rows in {len(rows)} files are fit to load.")
                return
            counts = load(now=timezone.now(), directory=options["directory"])
        except CatalogueError as error:
            raise CommandError("The catalogue was not loaded.\n" + "\n".join(error.problems)) from error
        self._report(counts, is_chatty=options["verbosity"] > 0)

    def _report(self, counts: dict[str, Counts], *, is_chatty: bool) -> None:
        if not is_chatty:
            return
        for stem, count in counts.items():
            if count.is_change:
                self.stdout.write(f"{stem:28} {_words(count)}")
        total = Counts(*(sum(getattr(c, name) for c in counts.values()) for name in Counts.__annotations__))
        if total.is_change:
            self.stdout.write(f"{'catalogue':28} {_words(total)}")
        else:
            self.stdout.write(f"The catalogue is up to date: {total.unchanged} rows unchanged.")


def _words(count: Counts) -> str:
    return f"{count.created} created, {count.updated} updated, {count.unchanged} unchanged, {count.retired} retired"
