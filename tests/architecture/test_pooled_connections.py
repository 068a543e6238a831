"""Nothing asks PostgreSQL for what outlives a transaction: the next request on that connection would find it."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "audit", "catalogue", "common", "patients", "portal", "reminders", "scheduling", "sessions")
OUTLIVES = re.compile(
    r"set_config\([^()]*(?:\([^()]*\)[^()]*)*,\s*false\s*\)|pg_(?:try_)?advisory_lock(?:_shared)?\(|\bLISTEN \w"
    r"|CREATE (?:LOCAL )?TEMP|\bSET ROLE\b|\bSET SESSION\b|\bWITH HOLD\b|\bPREPARE \w|\bSET TIME ZONE\b|\.iterator\(",
)


def test_nothing_is_asked_of_a_connection_that_outlives_its_transaction() -> None:
    files = [path for app in APPS for kind in ("py", "sql") for path in (ROOT / app).rglob(f"*.{kind}")]
    found = {str(path.relative_to(ROOT)): OUTLIVES.findall(path.read_text()) for path in files}

    assert len(files) > 300
    assert {path: words for path, words in found.items() if words} == {}


def test_the_words_are_found_where_they_stand() -> None:
    for words in (
        "SELECT set_config('app.clinic_id', %s, false)", "set_config('a', coalesce(x, ''), false)", "LISTEN news",
        "SELECT pg_advisory_lock(1)", "CREATE TEMP TABLE t", "SET ROLE x", "rows.iterator()",
    ):  # fmt: skip
        assert OUTLIVES.search(words), words
    for words in ("set_config('app.clinic_id', %s, true)", "pg_advisory_xact_lock(1)", "SET LOCAL x = 1"):
        assert not OUTLIVES.search(words), words
