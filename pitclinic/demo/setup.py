"""The set-up steps in one process with Django: `python -m pitclinic.demo.setup migrate simulate`."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

STEPS: dict[str, tuple[str, Callable[[], None]]] = {}


def step(words: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    def register(function: Callable[[], None]) -> Callable[[], None]:
        STEPS[function.__name__] = (words, function)
        return function

    return register


@step("Tables, roles and rules")
def migrate() -> None:
    call("migrate", verbosity=0)


@step("Catalogue: nerves, conditions, solutions, instruments")
def load_catalogue() -> None:
    call("load_catalogue", verbosity=0)


@step("A demo clinic: 300 made-up patients over 18 months")
def simulate() -> None:
    call("simulate", patients=300, seed=1, months=18, clinic="demo", verbosity=0)


@step("Static files")
def collectstatic() -> None:
    call("collectstatic", interactive=False, clear=True, verbosity=0)


def call(command: str, **options: object) -> None:
    from django.core.management import call_command

    call_command(command, **options)


def run(names: list[str], *, done: Path) -> None:
    """Run the steps in order; each leaves a file in `done`, so a run cut short continues where it was."""
    import django

    django.setup()
    for name in names:
        words, function = STEPS[name]
        print(f"==> {words} … ", end="", flush=True)
        started = time.monotonic()
        function()
        print(f"{time.monotonic() - started:.1f} s", flush=True)
        (done / name).touch()


if __name__ == "__main__":
    run(sys.argv[1:], done=Path(os.environ["PITCLINIC_RUN_DIR"]) / "done")
