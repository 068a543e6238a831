"""The set-up steps in one process with Django: `python -m pitclinic.demo.setup migrate simulate`."""

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

Step = Callable[[argparse.Namespace], None]
STEPS: dict[str, tuple[str, Step]] = {}


def step(words: str) -> Callable[[Step], Step]:
    def register(function: Step) -> Step:
        STEPS[function.__name__] = (words, function)
        return function

    return register


@step("Tables, roles and rules")
def migrate(options: argparse.Namespace) -> None:
    call("migrate", verbosity=0)


@step("Catalogue: nerves, conditions, solutions, instruments")
def load_catalogue(options: argparse.Namespace) -> None:
    call("load_catalogue", verbosity=0)


@step("A demo clinic: {options.patients} made-up patients over 18 months")
def simulate(options: argparse.Namespace) -> None:
    call("simulate", patients=options.patients, seed=1, months=18, clinic="demo", verbosity=0)


@step("Static files")
def collectstatic(options: argparse.Namespace) -> None:
    call("collectstatic", interactive=False, clear=True, verbosity=0)


def call(command: str, **options: object) -> None:
    from django.core.management import call_command

    call_command(command, **options)


def run(options: argparse.Namespace, *, done: Path) -> None:
    """Run the steps in order; each leaves a file in `done`, so a run cut short continues where it was."""
    import django

    django.setup()
    for name in options.steps:
        words, function = STEPS[name]
        print(f"==> {words.format(options=options)} … ", end="", flush=True)
        started = time.monotonic()
        function(options)
        print(f"{time.monotonic() - started:.1f} s", flush=True)
        (done / name).touch()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m pitclinic.demo.setup")
    parser.add_argument("--patients", type=int, default=300)
    parser.add_argument("steps", nargs="+", choices=STEPS)
    run(parser.parse_args(), done=Path(os.environ["PITCLINIC_RUN_DIR"]) / "done")
