"""The walls of the architecture cover every app that stands."""

import tomllib
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
LAYERS, INSIDE, JOURNEY = LINTER["contracts"]
NOT_APPS = {"tests", "pitclinic"}
STEMMED = ("views", "forms", "services", "queries", "policies", "models")


def packages() -> set[str]:
    return {folder.parent.name for folder in ROOT.glob("*/__init__.py")} - {"tests"}


def test_the_import_linter_knows_every_package():
    assert set(LINTER["root_packages"]) == packages()


def test_every_app_is_layered_inside():
    assert set(INSIDE["containers"]) == packages() - {"pitclinic", "common"}


def test_every_folder_of_the_journey_is_in_order():
    folders = {f"sessions.{name}" for name in STEMMED if (ROOT / "sessions" / name).is_dir()}
    assert set(JOURNEY["containers"]) == folders


def test_sessions_does_not_take_the_label_of_the_login_sessions():
    assert apps.get_app_config("pit_sessions").name == "sessions"


def test_nothing_listens_to_signals():
    """Ruff bans them too; views and tasks are excused there, for the clock's sake."""
    code = [path for name in packages() for path in (ROOT / name).rglob("*.py")]
    listening = [
        path for path in code if "django.db.models.signals" in path.read_text() or "@receiver" in path.read_text()
    ]
    assert [str(path.relative_to(ROOT)) for path in listening] == []
