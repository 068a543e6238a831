"""The compose file, the example environment and the production settings speak of the same names."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from pitclinic import arrivals, gunicorn, servers

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
PROXY = (ROOT / "deploy/Caddyfile").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()
SETTINGS = (ROOT / "pitclinic/settings/production.py").read_text()
REQUIRED = {
    "PITCLINIC_SECRET_KEY": "long-enough-0123456789-0123456789-0123456789-abcdefghijkl",
    "PITCLINIC_FACTOR_KEY": "long-enough-too-0123456789-0123456789-0123456789-abcdefgh",
    "PITCLINIC_DATABASE_URL": "postgresql://pit_app:x@db.invalid/pitclinic",
    "PITCLINIC_BROKER_URL": "redis://broker.invalid:6379/0",
    "PITCLINIC_PUBLIC_ORIGIN": "https://clinic.invalid",
    "PITCLINIC_ALLOWED_HOSTS": "clinic.invalid",
    "PITCLINIC_EMAIL_URL": "smtp+tls://user:x@mail.invalid:587",
    "PITCLINIC_DEFAULT_FROM_EMAIL": "clinic@clinic.invalid",
}


def names_read_by_settings() -> set[str]:
    return set(re.findall(r"\"(PITCLINIC_[A-Z_]+)\"", SETTINGS))


def names_set_by_compose() -> set[str]:
    return set(re.findall(r"^\s+(PITCLINIC_[A-Z_]+):", COMPOSE, re.MULTILINE))


def names_asked_by_compose() -> set[str]:
    return set(re.findall(r"\$\{(PITCLINIC_[A-Z_]+)", COMPOSE))


def names_in_example() -> set[str]:
    return set(re.findall(r"^(PITCLINIC_[A-Z_]+)=", EXAMPLE, re.MULTILINE))


def load_production_settings(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PITCLINIC_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-c", "import pitclinic.settings.production"],
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_compose_sets_everything_the_settings_read():
    assert names_read_by_settings() - names_set_by_compose() == set()


def test_the_example_names_exactly_what_compose_asks_for():
    assert names_in_example() == names_asked_by_compose()


def test_a_missing_secret_stops_compose():
    assert re.findall(r"\$\{PITCLINIC_[A-Z_]+\}", COMPOSE) == []


def test_the_example_holds_no_secret():
    secrets = [
        line
        for line in EXAMPLE.splitlines()
        if re.match(r"PITCLINIC_\w*(PASSWORD|SECRET_KEY|FACTOR_KEY|BACKUP_KEY)=.", line)
    ]
    assert secrets == []


def test_each_process_has_the_role_of_its_own():
    roles = re.findall(r"^  (\w+):$|postgresql://(pit_\w+):", COMPOSE, re.MULTILINE)
    service, found = "", {}
    for name, role in roles:
        service = name or service
        if role:
            found[service] = role
    assert found == {"migrate": "pit_migrator", "web": "pit_app", "worker": "pit_worker", "backup": "pit_backup"}


def test_the_words_that_compose_makes_the_database_with_make_one_like_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    words = re.search(r"POSTGRES_INITDB_ARGS: (.*)", COMPOSE)[1].split()
    assert words == [*servers.CLUSTER, "--auth-host=scram-sha-256"]
    monkeypatch.setenv("LANG", "en_US.utf8")  # as in the image
    data = tmp_path / "data"
    data.mkdir()

    servers.init_cluster(data, [*words, "-U", servers.SUPERUSER], account=servers._account_for(data))

    assert (data / "PG_VERSION").exists()


def test_only_the_backup_and_the_restore_know_the_key_of_the_backups():
    services = re.findall(r"^  (\w+):\n(.*?)(?=^  \w+:\n|^\w)", COMPOSE, re.MULTILINE | re.DOTALL)
    told = {name for name, block in services if "BACKUP_KEY" in block or "*backup-environment" in block}
    assert told == {"backup", "restore"}
    assert "BACKUP_KEY" not in COMPOSE.partition("services:")[0]


def test_the_database_lets_the_backup_read_the_cluster_and_nobody_else():
    lines = [line.split() for line in (ROOT / "deploy/pg_hba.conf").read_text().splitlines() if line[:1] != "#"]
    assert [line for line in lines if line[1] == "replication"] == [
        ["host", "replication", "pit_backup", "all", "scram-sha-256"]
    ]
    assert [line[-1] for line in lines if line[0] == "host"] == ["scram-sha-256"] * 2
    for option in ("hba_file=/etc/pitclinic/pg_hba.conf", "summarize_wal=on", "archive_timeout=60"):
        assert f'"{option}"' in COMPOSE


def test_the_demo_starts_the_same_processes():
    demo = (ROOT / "pitclinic/demo/run.py").read_text()
    words = re.findall(r"command: (\[.*\])", COMPOSE)
    assert any("gunicorn" in line and "python:pitclinic.gunicorn" in line for line in words)
    assert "gunicorn --config python:pitclinic.gunicorn" in demo
    for option in ("--without-gossip", "--without-mingle", "--pidfile="):
        assert option in demo
        assert option in COMPOSE


def test_pages_have_a_worker_of_their_own_and_the_ordinary_one_takes_them_too():
    entry = settings.CELERY_BEAT_SCHEDULE["sweep-pages"]
    assert settings.CELERY_TASK_ROUTES[entry["task"]] == {"queue": settings.ALARM_QUEUE}
    assert entry["options"]["expires"] >= entry["schedule"].total_seconds()
    compose = set(re.findall(r'"--queues", "([a-z,]+)"', COMPOSE))
    demo = set(re.findall(r"--queues ([a-z,]+) ", (ROOT / "pitclinic/demo/run.py").read_text()))
    assert compose == demo == {settings.ALARM_QUEUE, f"celery,{settings.ALARM_QUEUE}"}


def test_postgresql_has_room_for_every_connection_of_every_process():
    """It takes a hundred, three of them a superuser's. A task may have a second connection, for its progress."""
    children = sum(map(int, re.findall(r'"--concurrency", "(\d+)"', COMPOSE)))
    beat, migrate, by_hand_and_backups = 1, 1, 20
    assert gunicorn.workers * gunicorn.threads <= gunicorn.DATABASE_CONNECTIONS
    assert gunicorn.DATABASE_CONNECTIONS + 2 * children + beat + migrate + by_hand_and_backups <= 97


def test_the_proxy_has_deadlines_and_passes_on_what_the_application_takes():
    for deadline in ("read_header", "read_body", "write", "idle"):
        assert re.search(rf"^\t+{deadline} \d+[sm]$", PROXY, re.MULTILINE), deadline
    assert re.search(r"read_header (\d+)s", PROXY)[1] == str(int(arrivals.PATIENCE_SECONDS))
    assert re.search(r"max_size (\d+)MB", PROXY)[1] == str(arrivals.MOST_BODY_BYTES // 1_000_000)
    assert "request_buffers" in PROXY
    assert "response_buffers" in PROXY


def test_the_production_settings_load_from_the_environment():
    outcome = load_production_settings(REQUIRED)
    assert outcome.returncode == 0, outcome.stderr


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_a_missing_value_stops_the_start_by_name(name: str):
    outcome = load_production_settings({key: value for key, value in REQUIRED.items() if key != name})
    assert outcome.returncode != 0
    assert name in outcome.stderr
