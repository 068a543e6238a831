"""`manage.py bench`: the server time of every list and chart page on the data at hand."""

import logging
from argparse import ArgumentParser
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Clinic
from pitclinic.simulation.page_timing import Bench, Timing, pages
from pitclinic.simulation.set_up import clinic_id

SLOW_MS = 100


class Command(BaseCommand):
    help = "Opens each page several times and prints the median, the 95th percentile and the number of queries."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--clinic", default="demo", help="the word of a simulated clinic")
        parser.add_argument("-n", "--runs", type=int, default=15)
        parser.add_argument("--only", default="", help="pages whose name contains this")

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = Clinic.objects.filter(pk=clinic_id(options["clinic"])).first()
        if clinic is None:
            raise CommandError(f"There is no simulated clinic “{options['clinic']}”; see `manage.py simulate`.")
        # One line for each page is enough.
        logging.disable(logging.CRITICAL)
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        bench = Bench(clinic, runs=max(options["runs"], 1))
        self.stdout.write(f"{'page':46} {'as':12} {'median':>8} {'p95':>8} {'work':>7} {'queries':>7} {'kB':>6}")
        timed: list[Timing] = []
        posts: list[str] = []
        for page in pages(clinic):
            if options["only"] in page.name:
                timing = bench.time(page)
                if timing.is_post_only:
                    posts.append(page.name)
                    continue
                self._tell(timing)
                timed.append(timing)
        self.stdout.write(f"Not pages, they take POST only: {', '.join(posts) or 'none'}")
        self._sum_up([timing for timing in timed if not timing.why_not])

    def _tell(self, timing: Timing) -> None:
        if timing.why_not:
            self.stdout.write(f"{timing.page.label:46} left out: {timing.why_not}")
            return
        mark = "  slow" if timing.median_ms > SLOW_MS else ""
        scans = f"  reads all of {', '.join(timing.scans)}" if timing.scans else ""
        self.stdout.write(
            f"{timing.page.label:46} {timing.reader:12} {timing.median_ms:8.1f} {timing.p95_ms:8.1f}"
            f" {timing.work_ms:7.1f} {timing.queries:7d} {timing.kilobytes:6.0f}{mark}{scans}"
        )

    def _sum_up(self, timed: list[Timing]) -> None:
        slow = sum(timing.median_ms > SLOW_MS for timing in timed)
        scans = sum(bool(timing.scans) for timing in timed)
        self.stdout.write(
            f"{len(timed)} pages, {slow} with a median over {SLOW_MS} ms, {scans} reading a table of more than"
            " 100,000 rows from end to end\n"
            "(median and p95: milliseconds at the server by the clock; work: processor time of web and database)"
        )
