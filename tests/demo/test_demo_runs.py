"""The demo starts, stays, stops and starts again: with its real servers and processes."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from pitclinic.servers import start_postgres
from tests.demo.running_demo import RunningDemo, end_processes_of, processes_of

pytestmark = pytest.mark.slow
Figure = Callable[[str, float], None]


@pytest.fixture
def run_dir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    left = processes_of(tmp_path)
    end_processes_of(tmp_path)
    assert left == []


def users_of(run_dir: Path) -> list[str]:
    postgres = start_postgres(data=run_dir / "postgres")
    try:
        with psycopg.connect(postgres.dsn(database="pitclinic")) as connection:
            return [row[0] for row in connection.execute("SELECT email FROM accounts_user ORDER BY id")]
    finally:
        postgres.stop()


def test_a_demo_from_its_first_start_to_its_worst_end(run_dir: Path, figure: Figure):
    it_starts_and_stops(run_dir, figure)
    people = users_of(run_dir)
    assert people
    it_starts_again_with_the_same_data_and_is_killed(run_dir, figure)
    leave_stale_notes(run_dir)
    it_tidies_up_and_ends_when_one_process_dies(run_dir)
    assert users_of(run_dir) == people


def it_starts_and_stops(run_dir: Path, figure: Figure) -> None:
    with RunningDemo(run_dir) as demo:
        demo.wait_until_ready()
        demo.read_until("Ctrl-C stops everything")
        assert demo.get("/healthz") == 200
        assert len(processes_of(run_dir)) >= 6
        for words in ("made-up patients over", f"http://127.0.0.1:{demo.port}/demo/", "clinician", "front desk"):
            assert words in demo.output
        a_second_demo_is_told_of_the_first(demo)
        code, seconds = demo.stop(signal.SIGINT)
        assert code == 0
        assert processes_of(run_dir) == []
        figure("demo_stop_seconds", round(seconds, 1))


def a_second_demo_is_told_of_the_first(demo: RunningDemo) -> None:
    with RunningDemo(demo.run_dir) as other:
        assert other.wait() == 1
        assert other.output.count("\n") == 1
        whereabouts = f"(process {demo.process.pid}, http://127.0.0.1:{demo.port})"
        assert f"already running here {whereabouts}" in other.output


def it_starts_again_with_the_same_data_and_is_killed(run_dir: Path, figure: Figure) -> None:
    with RunningDemo(run_dir) as demo:
        seconds = demo.wait_until_ready()
        assert "made-up patients over" not in demo.output
        figure("demo_second_start_seconds", round(seconds, 1))
        demo.process.kill()
        demo.process.wait()
    assert processes_of(run_dir) != []


def leave_stale_notes(run_dir: Path) -> None:
    """Notes whose process numbers belong to somebody else by now."""
    (run_dir / "demo.json").write_text(json.dumps({"pid": 1, "address": "http://127.0.0.1:1"}))
    (run_dir / "postgres" / "postmaster.pid").write_text("1\n/somewhere/else\n")


def it_tidies_up_and_ends_when_one_process_dies(run_dir: Path) -> None:
    with RunningDemo(run_dir) as demo:
        demo.wait_until_ready()
        assert "did not end properly" in demo.output
        worker = next(line for line in demo.lines if "worker started (pid=" in line)
        os.kill(int(worker.split("pid=")[1].rstrip(")\n")), signal.SIGKILL)
        assert demo.wait() != 0
    assert processes_of(run_dir) == []


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_during_the_start_stops_everything_too(run_dir: Path, sent: signal.Signals):
    with RunningDemo(run_dir) as demo:
        demo.read_until("PostgreSQL and Valkey")
        code, _seconds = demo.stop(sent)
        assert code == 0
        assert processes_of(run_dir) == []
