"""The command: `python -m pitclinic.demo [--port 8000] [--reset]`."""

import argparse
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import NoReturn

from pitclinic import servers
from pitclinic.demo.guard import DemoError, check_port, only_one, say
from pitclinic.demo.run import Demo
from pitclinic.demo.steps import ROOT

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def reset(run_dir: Path) -> None:
    """Throw the data of the demo away, and nothing else of the folder."""
    servers.end_leftover_postgres(run_dir / "postgres")
    for name in ("postgres", "valkey", "done", "beat", "mail"):
        shutil.rmtree(run_dir / name, ignore_errors=True)
    say("The demo's data is gone; `make demo` makes new data")


def interrupt(signum: int, frame: object) -> NoReturn:
    """Begin to stop, once: a second Ctrl-C must not leave a server behind."""
    for sent in STOP_SIGNALS:
        signal.signal(sent, signal.SIG_IGN)
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m pitclinic.demo", description="Runs the whole clinic here.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--reset", action="store_true", help="throw the demo's data away and end")
    parser.add_argument("--patients", type=int, default=300, help="how many to make up on the first start")
    options = parser.parse_args(arguments)
    run_dir = Path(os.environ.get("PITCLINIC_RUN_DIR") or ROOT / ".run").resolve()
    run_dir.mkdir(parents=True, exist_ok=True)
    for sent in STOP_SIGNALS:
        signal.signal(sent, interrupt)
    demo = Demo(run_dir=run_dir, port=options.port, patients=options.patients)
    try:
        with only_one(run_dir, address=demo.address):
            if options.reset:
                reset(run_dir)
                return 0
            check_port(options.port)
            code = demo.run()
    except KeyboardInterrupt:
        code = 0
    except (DemoError, servers.ServerError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    say("Everything is stopped")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
