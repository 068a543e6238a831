"""Figures that are followed over time: printed at the end of the run, one line each."""

from collections.abc import Callable

import pytest


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str, float], None]:
    """``figure("booking_race_100_succeeded", 1)`` prints ``FIGURE booking_race_100_succeeded 1``."""

    def note(name: str, value: float) -> None:
        request.node.user_properties.append(("figure", [name, value]))

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    seen: dict[str, float] = {}
    tried_before = terminalreporter.stats.get("rerun", [])
    others = [report for name, reports in terminalreporter.stats.items() if name != "rerun" for report in reports]
    for report in (*tried_before, *others):
        for key, entry in getattr(report, "user_properties", []):
            if key == "figure":
                seen[entry[0]] = entry[1]
    for report in tried_before:
        terminalreporter.write_line(f"TRIED TWICE {report.nodeid}")
        for line in [line for line in report.longreprtext.splitlines() if line.startswith("E ")][:6]:
            terminalreporter.write_line(f"    {line[:300]}")
    seen["browser_tests_tried_twice"] = len(tried_before)
    for name, value in sorted(seen.items()):
        terminalreporter.write_line(f"FIGURE {name} {value}")
