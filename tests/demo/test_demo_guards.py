"""What keeps a demo from starting is told in one line; what was done is not done twice."""

import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from pitclinic import servers
from pitclinic.demo import steps
from pitclinic.demo.guard import DemoError, check_port
from tests.demo.running_demo import RunningDemo, free_port


def test_a_busy_port_is_named_and_another_one_offered(tmp_path: Path):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        with RunningDemo(tmp_path, port=port) as demo:
            assert demo.wait() == 1
    assert demo.output == f"Port {port} is in use; choose another: make demo PORT={port + 1}\n"


@pytest.mark.parametrize("port", [-1, 65536, 99999])
def test_a_port_that_is_none_is_refused(port: int):
    with pytest.raises(DemoError, match="is not a port"):
        check_port(port)


def test_a_free_port_is_taken_without_a_word():
    check_port(free_port())


def test_a_short_folder_keeps_its_sockets(tmp_path: Path):
    assert servers.socket_folder(preferred=Path("/run/pit"), name="x.sock") == Path("/run/pit")


def test_a_long_folder_gets_a_short_private_one_for_its_sockets():
    long = Path("/srv") / ("a-long-folder-name/" * 8)
    folder = servers.socket_folder(preferred=long, name=".s.PGSQL.5432")
    try:
        assert len(str(folder / ".s.PGSQL.5432")) <= servers.LONGEST_SOCKET_PATH
        assert folder.stat().st_mode & 0o077 == 0
        assert servers.socket_folder(preferred=long, name=".s.PGSQL.5432") == folder
    finally:
        folder.rmdir()


def test_both_servers_start_where_the_path_is_too_long_for_a_socket(tmp_path: Path):
    folder = tmp_path / ("a-long-folder-name/" * 6)
    postgres = servers.start_postgres(data=folder / "postgres", durable=False)
    valkey = servers.start_valkey(folder=folder / "valkey")
    valkey.stop()
    postgres.stop()
    assert not str(postgres.sockets).startswith(str(folder))
    postgres.sockets.rmdir()
    valkey.socket.parent.rmdir()


def test_a_folder_made_by_somebody_else_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(servers.tempfile, "gettempdir", lambda: "/tmp")  # type: ignore[attr-defined]
    long = tmp_path / ("a-long-folder-name/" * 8)
    folder = servers.socket_folder(preferred=long, name="x.sock")
    folder.rmdir()
    folder.symlink_to(tmp_path)
    try:
        with pytest.raises(servers.ServerError, match="belongs to somebody else"):
            servers.socket_folder(preferred=long, name="x.sock")
    finally:
        folder.unlink()


def test_what_a_killed_run_left_is_found_by_its_folder(tmp_path: Path):
    left = servers.start_valkey(folder=tmp_path / "valkey")
    assert [process.pid for process in servers.running_in(tmp_path / "valkey", name="valkey-server")] == [
        left.server.pid
    ]
    following = servers.start_valkey(folder=tmp_path / "valkey")
    assert left.server.process.wait() == 0
    following.stop()
    assert servers.running_in(tmp_path / "valkey", name="valkey-server") == []


def test_a_process_that_will_not_leave_is_made_to():
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); signal.pause()"
    with subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        servers.end([psutil.Process(process.pid)], seconds=0.2)
        assert process.wait() == -9


def test_every_step_is_done_once(tmp_path: Path):
    assert steps.steps_to_do(tmp_path) == ["migrate", "load_catalogue", "simulate", "collectstatic"]
    for name in ("migrate", "load_catalogue", "simulate"):
        (tmp_path / "done" / name).touch()
    assert set(steps.steps_to_do(tmp_path)) <= {"collectstatic"}


def test_a_change_of_the_code_migrates_again_and_makes_up_no_second_clinic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    steps.steps_to_do(tmp_path)
    for name in ("migrate", "load_catalogue", "simulate", "collectstatic"):
        (tmp_path / "done" / name).touch()
    monkeypatch.setattr(steps, "code_files", list)
    due = steps.steps_to_do(tmp_path)
    assert "migrate" in due
    assert "simulate" not in due


def test_the_key_of_the_demo_is_its_own_and_stays(tmp_path: Path):
    key = steps.secret_key(tmp_path)
    assert len(key) >= 50
    assert steps.secret_key(tmp_path) == key
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
