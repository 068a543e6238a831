"""Is this container well? `python -m pitclinic.probe web`, `worker` or `beat`; silence and 0 mean yes."""

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

BEAT_SCHEDULE = Path("/var/lib/pitclinic/beat/schedule")
# Beat writes its schedule down every three minutes.
LONGEST_SILENCE = 600


def web() -> bool:
    """Ask by a name the application answers to; an address alone would be refused."""
    host = os.environ["PITCLINIC_ALLOWED_HOSTS"].split(",")[0]
    request = urllib.request.Request("http://127.0.0.1:8000/healthz", headers={"Host": host})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return bool(answer.status == 200)


def worker() -> bool:
    command = [sys.executable, "-m", "celery", "--app", "pitclinic", "inspect", "ping", "--timeout", "8"]
    answer = subprocess.run([*command, "--destination", f"celery@{os.uname().nodename}"], check=False)
    return answer.returncode == 0


def beat() -> bool:
    return time.time() - BEAT_SCHEDULE.stat().st_mtime < LONGEST_SILENCE


if __name__ == "__main__":
    sys.exit(0 if {"web": web, "worker": worker, "beat": beat}[sys.argv[1]]() else 1)
