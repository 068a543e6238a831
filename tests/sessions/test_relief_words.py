"""One arithmetic: what the page's own script says of every pair of scores is what the record says."""

import json
import subprocess
from collections.abc import Callable
from itertools import product
from pathlib import Path

from sessions.response import FLOOR_BELOW, WITHIN_MINUTES, Cycle, Response
from sessions.views.response_lines import relief_table, relief_words

MODULE = Path(__file__).parents[2] / "static/js/session/relief-words.js"
# Nobody knows, before it, at once, the last minute that counts, the first that does not, an hour.
MINUTES = [None, -1, 0, WITHIN_MINUTES, WITHIN_MINUTES + 1, 60]
ASK = """
const { table, cases } = JSON.parse(process.env.ASKED);
const clock = (minutes) => new Date(Date.UTC(2026, 2, 2, 10, minutes)).toISOString().slice(11, 16);
const since = (minutes) => (minutes === null ? null : minutesBetween("10:00", clock(minutes)));
console.log(JSON.stringify(cases.map(([before, after, minutes, atMost]) =>
  reliefWords(table, before, after, since(minutes), since(atMost)))));
"""


Case = tuple[str, str, int | None, int | None]


def on_the_page(cases: list[Case]) -> list[str]:
    asked = json.dumps({"table": json.loads(json.dumps(relief_table())), "cases": cases})
    ran = subprocess.run(
        ["node", "--input-type=module"],
        input=MODULE.read_text() + ASK,
        env={"ASKED": asked, "PATH": "/usr/bin:/bin:/usr/local/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[str] = json.loads(ran.stdout)
    return found


def in_the_record(before: str, after: str, minutes: int | None, at_most: int | None) -> str:
    told = [Cycle(1, None, int(after), minutes, at_most)] if after else []
    return relief_words(Response(int(before) if before else None, tuple(told)))


def test_the_page_says_of_every_pair_what_the_record_says(figure: Callable[[str, float], None]) -> None:
    scores = ["", *(str(score) for score in range(11))]
    cases = list(product(scores, scores, MINUTES, MINUTES))
    said = on_the_page(cases)
    wrong = [(case, one, in_the_record(*case)) for case, one in zip(cases, said, strict=True)]
    wrong = [one for one in wrong if one[1] != one[2]]
    figure("percent_page_record_differences", len(wrong))
    assert wrong == []
    assert len(cases) == 144 * len(MINUTES) ** 2


def test_a_half_is_rounded_away_from_nothing_and_the_bounds_are_where_they_say() -> None:
    assert on_the_page(
        [
            ("8", "7", None, WITHIN_MINUTES),
            ("8", "9", 5, 5),
            ("8", "5", WITHIN_MINUTES, 60),
            ("8", "5", WITHIN_MINUTES + 1, None),
            ("0", "0", WITHIN_MINUTES + 1, None),
            (str(FLOOR_BELOW), "2", 0, None),
            (str(FLOOR_BELOW - 1), "1", 0, None),
            ("6", "6", 0, None),
            ("8", "2", None, None),
            ("8", "2", None, WITHIN_MINUTES + 1),
        ]
    ) == [
        "13 % less",
        "13 % more",
        "38 % less",
        "Asked more than 30 minutes after: there is no percentage.",
        "No pain before: there is no percentage.",
        "50 % less",
        "67 % less. Little pain before: little room to fall.",
        "no change",
        "When it was asked after the last injection is not known: there is no percentage.",
        "When it was asked after the last injection is not known: there is no percentage.",
    ]
