"""The README is short and true: its two commands, its pictures."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def test_it_fits_on_a_few_screens():
    assert len(README.splitlines()) <= 200


def test_the_two_commands_come_first():
    first_block = README.split("```")[1]
    assert "make demo" in first_block
    assert "make test" in first_block


def test_everything_it_points_to_is_there():
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_every_make_command_it_names_exists():
    rules = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE)) <= rules
