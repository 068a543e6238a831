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
    for reports in terminalreporter.stats.values():
        for report in reports:
            for key, entry in getattr(report, "user_properties", []):
                if key == "figure":
                    seen[entry[0]] = entry[1]
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.write_line(f"TRIED TWICE {report.nodeid}")
    seen["browser_tests_tried_twice"] = len(terminalreporter.stats.get("rerun", []))
    for name, value in sorted(seen.items()):
        terminalreporter.write_line(f"FIGURE {name} {value}")
