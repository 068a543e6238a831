"""A command of manage.py on the demo's data: `make manage DO="bench"`, whether the demo runs or not."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

from pitclinic import servers
from pitclinic.demo.guard import DemoError, only_one
from pitclinic.demo.run import Demo
from pitclinic.demo.steps import ROOT

# What only reads or times the pages logs in as the web does; everything else as the owner of the tables.
AS_THE_WEB = {"bench", "audit_verify", "rotate_keys"}


def main(arguments: list[str]) -> int:
    run_dir = Path(os.environ.get("PITCLINIC_RUN_DIR") or ROOT / ".run").resolve()
    if not arguments or not (run_dir / "done" / "simulate").exists():
        print('Start `make demo` once, then say what to do: make manage DO="bench"', file=sys.stderr)
        return 1
    demo = Demo(run_dir=run_dir, port=8000, patients=0)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(only_one(run_dir, address="a command"))
        except DemoError:
            demo.find_servers()
        else:
            demo.start_servers(stack)
        role = "pit_app" if arguments[0] in AS_THE_WEB else "pit_migrator"
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        return subprocess.run(command, cwd=ROOT, env=demo.environment(role=role), check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except servers.ServerError as refusal:
        sys.exit(str(refusal))
