"""`manage.py simulate --patients 300 --seed 1`: a made-up clinic, and a small second one beside it."""

import sys
from argparse import ArgumentParser
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from pitclinic.simulation.progress import ProgressBar
from pitclinic.simulation.run import ClinicExistsError, Report, simulate

ZONE = ZoneInfo("Europe/Berlin")
SECOND_PATIENTS = 24


class Command(BaseCommand):
    help = "Makes a synthetic clinic whose courses follow the seed-data targets; same seed and --today, same data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--patients", type=int, default=300)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--months", type=int, default=18, help="at least; longer when the visits need it")
        parser.add_argument("--clinic", default="demo", help="the word of the clinic: clinician@<word>.localhost")
        parser.add_argument("--today", help="YYYY-MM-DDTHH:MM on the clinic's clock; now when left out")
        parser.add_argument("--alone", action="store_true", help="without the small second clinic")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["patients"] < 1 or options["months"] < 1:
            raise CommandError("At least one patient and one month, please.")
        now, word = self._now(options["today"]), options["clinic"]
        bar = ProgressBar(sys.stderr) if options["verbosity"] else None
        common = {"seed": options["seed"], "months": options["months"], "now": now}
        try:
            report = simulate(
                patients=options["patients"], word=word, name=_name(word), progress=bar.show if bar else None, **common
            )
            if not options["alone"]:
                simulate(patients=SECOND_PATIENTS, word=f"{word}-second", name=f"{_name(word)} Two", **common)
        except (ClinicExistsError, LookupError) as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["verbosity"]:
            self._tell(report)

    def _now(self, today: str | None) -> datetime:
        if today is None:
            return datetime.now(ZONE).replace(second=0, microsecond=0)
        try:
            given = datetime.fromisoformat(today)
        except ValueError as error:
            raise CommandError(f"{today} is not a time like 2026-11-22T10:30.") from error
        return given.replace(tzinfo=given.tzinfo or ZONE)

    def _tell(self, report: Report) -> None:
        self.stdout.write(
            f"{report.clinic.name}: {report.patients:,} patients over {report.months} months,"
            f" {report.sessions:,} sessions, {report.pain_scores:,} pain scores, {report.rows:,} rows"
        )
        self.stdout.write(
            f"{report.seconds:.1f} s, {report.rows_per_second:,.0f} rows/s, peak memory {report.peak_rss_mb:.0f} MB"
        )


def _name(word: str) -> str:
    return f"{word.replace('-', ' ').title()} Clinic"
