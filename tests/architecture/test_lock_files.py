"""The lock files say what, with which hash, and never from where."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted(ROOT.glob("requirements/*.txt"))
PIN = re.compile(r"^([a-z0-9.-]+)(?:\[[a-z0-9,-]+\])?==(\S+)", re.MULTILINE)


@pytest.mark.parametrize("lock", [*LOCKS, ROOT / "package-lock.json"], ids=lambda path: path.name)
def test_a_lock_file_holds_no_address(lock: Path):
    text = lock.read_text()
    assert not re.search(r"https?:|file:|git\+|--(extra-)?index-url|--find-links|resolved", text)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_carries_its_hashes(lock: Path):
    entries = re.split(r"\n(?=\S)", lock.read_text().strip())
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_npm_package_carries_its_hash():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []


def test_what_runs_in_production_is_what_was_tested():
    tested = dict(PIN.findall((ROOT / "requirements/test.txt").read_text()))
    for name in ("production", "demo"):
        pins = dict(PIN.findall((ROOT / f"requirements/{name}.txt").read_text()))
        assert {package: (version, tested.get(package)) for package, version in pins.items()} == {
            package: (version, version) for package, version in pins.items()
        }
