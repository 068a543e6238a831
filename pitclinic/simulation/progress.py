"""How far a long run is: a bar on a terminal, plain lines elsewhere."""

import time
from typing import TextIO

WIDTH = 40
SECONDS_BETWEEN_LINES = 15.0


class ProgressBar:
    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._is_terminal = out.isatty()
        self._began = self._last = time.monotonic()

    def show(self, done: int, total: int, rows: int) -> None:
        now = time.monotonic()
        is_end = done >= total
        words = f"{done:,} of {total:,} patients, {rows:,} rows, {rows / max(now - self._began, 0.001):,.0f} rows/s"
        if self._is_terminal:
            full = WIDTH * done // total
            self._out.write(f"\r[{'#' * full}{'.' * (WIDTH - full)}] {words}{chr(10) if is_end else ''}")
        elif is_end or now - self._last >= SECONDS_BETWEEN_LINES:
            self._last = now
            self._out.write(words + "\n")
        self._out.flush()
