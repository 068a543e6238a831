"""Database, broker, worker and web process go away and come back. Nothing is lost, and whoever is on call is paged."""

import contextlib
import http.client
import re
import threading
import time
from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest

from pitclinic.demo.run import DATABASE
from tests.chaos.site import Site, Visitor

pytestmark = pytest.mark.slow


def test_while_the_database_is_away_every_page_says_come_back_soon_and_then_works_again(site: Site) -> None:
    visitor = site.sign_in("Front desk")
    assert visitor.ask("/patients/")[0] == 200
    web = site.web.pid

    site.stop_database()
    answers = [visitor.ask(path) for path in ("/patients/", "/", "/account/login/")]
    probe = Visitor(site.demo.address)  # carries no cookie, as a health check does
    ready = probe.ask("/readyz")[0]
    alive = probe.ask("/healthz")[0]
    site.start_database()
    site.wait_for(200)

    assert [(status, headers["Retry-After"]) for status, headers, _text in answers] == [(503, "5")] * 3
    assert not any("Traceback" in text or "psycopg" in text for _status, _headers, text in answers)
    assert (ready, alive) == (503, 200)
    assert visitor.ask("/patients/")[0] == 200
    assert site.web.poll() is None
    assert site.web.pid == web


def test_a_web_process_killed_while_it_saves_loses_nothing_it_confirmed_and_leaves_nothing_half(
    site: Site, figure: Callable[[str, float], None]
) -> None:
    confirmed: list[str] = []
    stop = threading.Event()
    everybody_is_there = threading.Barrier(4)

    def register(number: int) -> None:
        visitor = site.sign_in("Front desk")
        visitor.ask("/patients/register")
        everybody_is_there.wait(timeout=60)
        for count in range(40):
            if stop.is_set():
                return
            name = f"Chaos{number}x{count}"
            form = {
                "family_name": name, "given_names": "Kim", "birth_date": f"19{50 + number}-03-{1 + count % 28:02d}",
                "sex": "unknown", "language": "en", "zone": "Europe/Berlin", "register_anyway": "1",
                "once": str(uuid4()),
            }  # fmt: skip
            with contextlib.suppress(OSError, http.client.HTTPException):
                if visitor.ask("/patients/register", form)[0] == 302:
                    confirmed.append(name)

    writers = [threading.Thread(target=register, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    deadline = time.monotonic() + 60
    while len(confirmed) < 25 and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    site.kill_web()
    stop.set()
    for writer in writers:
        writer.join()
    site.start_web()

    stored = site.rows(
        """SELECT p.family_name, (SELECT count(*) FROM patients_nametoken t WHERE t.patient_id = p.id AND t.is_whole),
                  (SELECT count(*) FROM patients_identifier i WHERE i.patient_id = p.id)
           FROM patients_patient p WHERE p.family_name LIKE 'Chaos%'"""
    )
    lost = set(confirmed) - {name for name, _tokens, _numbers in stored}
    half = [name for name, tokens, numbers in stored if tokens == 0 or numbers == 0]
    figure("save_kill9_lost", len(lost))
    figure("save_kill9_half_saved", len(half))
    assert len(confirmed) >= 25
    assert (lost, half) == (set(), [])
    assert len(stored) == len({name for name, _tokens, _numbers in stored})


def test_a_worker_a_broker_and_a_database_that_die_lose_no_page(
    site: Site, figure: Callable[[str, float], None]
) -> None:
    desk = site.sign_in("Front desk")
    found = re.search(r'href="/patients/([0-9a-f-]{36})/', desk.ask("/patients/")[2])
    assert found
    address = f"/patients/{found.group(1)}/side-effects/report/"
    urgent = "SELECT id FROM pit_sessions_sideeffect WHERE priority = 'P0'"
    known = {str(pk) for (pk,) in site.rows(urgent)}
    reported: set[str] = set()

    def report(words: str) -> None:
        assert desk.ask(address)[0] == 200
        form = {"source": "phone", "danger_signs": "breathless", "description": words, "once": str(uuid4())}
        assert desk.ask(address, form)[0] == 302
        reported.update({str(pk) for (pk,) in site.rows(urgent)} - known)

    site.start_pager()
    report("everything is well")
    lost = site.wait_for_pages(reported)
    report("the worker dies")
    site.kill_workers()
    site.kill_broker()
    report("worker and broker are away")
    site.stop_database()
    assert desk.ask(address)[0] == 503
    site.start_database()
    site.wait_for(200)
    report("the database is back")
    site.start_broker()
    site.start_pager()
    lost |= site.wait_for_pages(reported)

    figure("pages_lost", len(lost))
    assert len(reported) == 4
    assert lost == set()


def test_a_worker_that_loses_the_broker_in_mid_sweep_goes_on_by_itself(site: Site) -> None:
    desk = site.sign_in("Front desk")
    found = re.search(r'href="/patients/([0-9a-f-]{36})/', desk.ask("/patients/")[2])
    assert found
    address = f"/patients/{found.group(1)}/side-effects/report/"
    known = {str(pk) for (pk,) in site.rows("SELECT id FROM pit_sessions_sideeffect")}

    def report(words: str) -> set[str]:
        form = {"source": "phone", "danger_signs": "breathless", "description": words, "once": str(uuid4())}
        assert desk.ask(address)[0] == 200
        assert desk.ask(address, form)[0] == 302
        return {str(pk) for (pk,) in site.rows("SELECT id FROM pit_sessions_sideeffect WHERE priority = 'P0'")} - known

    site.start_pager()
    worker = site.workers[-1]
    with psycopg.connect(site.demo.postgres.dsn(database=DATABASE)) as superuser:
        reported = report("the broker dies while the sweep waits")
        superuser.execute("LOCK TABLE reminders_message IN ACCESS EXCLUSIVE MODE")
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        for _try in range(300):
            if superuser.execute(waiting).fetchone() != (0,):
                break
            threading.Event().wait(0.1)
        site.kill_broker()
        threading.Event().wait(1)
    threading.Event().wait(3)
    site.start_broker()
    reported |= report("the broker is back")

    assert site.wait_for_pages(reported) == set()
    assert worker.poll() is None


def test_a_page_whose_connection_is_cut_in_the_middle_is_asked_once_more_and_comes(site: Site) -> None:
    visitor = site.sign_in("Front desk")
    answers: list[int] = []
    reader = threading.Thread(target=lambda: answers.append(visitor.ask("/patients/")[0]))
    with psycopg.connect(site.demo.postgres.dsn(database=DATABASE)) as superuser:
        superuser.execute("LOCK TABLE patients_patient IN ACCESS EXCLUSIVE MODE")
        reader.start()
        cut = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND locktype = 'relation'"
        for _try in range(300):
            if superuser.execute(cut).fetchall():
                break
            threading.Event().wait(0.1)
    reader.join()

    assert answers == [200]
