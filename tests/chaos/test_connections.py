"""Web processes keep connections to PostgreSQL: each its own, and no answer goes to the wrong person."""

import threading
from collections import Counter
from collections.abc import Callable

import psycopg
import pytest

from pitclinic import gunicorn
from pitclinic.demo.run import DATABASE
from tests.chaos.site import Site, Visitor

pytestmark = pytest.mark.slow
TODAY = "/schedule/today/"


def ask_as(site: Site, people: list[tuple[str, Visitor]], *, times: int) -> Counter[str]:
    """Everybody opens the page of today at once, again and again; counts the answers that name the right clinic."""
    counted: Counter[str] = Counter()
    names = set(site.clinics())

    def look(name: str, visitor: Visitor) -> None:
        for _once in range(times):
            status, _headers, page = visitor.ask(TODAY)
            named = {other for other in names if f'"clinic-name">{other}<' in page}
            counted["right" if (status, named) == (200, {name}) else f"wrong {status} {named}"] += 1

    threads = [threading.Thread(target=look, args=person) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return counted


def people_of_every_clinic(site: Site) -> list[tuple[str, Visitor]]:
    return [(name, site.sign_in_at(path)) for name, paths in site.clinics().items() for path in paths[:4]]


def connected(site: Site) -> set[int]:
    rows = site.rows("SELECT pid FROM pg_stat_activity WHERE usename = 'pit_app'")
    return {pid for (pid,) in rows}


def test_many_at_once_of_several_clinics_each_get_their_own_answer_over_connections_that_stay(
    site: Site, figure: Callable[[str, float], None]
) -> None:
    people = people_of_every_clinic(site)
    assert len({name for name, _visitor in people}) >= 2
    ask_as(site, people, times=2)
    before = connected(site)

    answers = ask_as(site, people, times=12)

    figure("answers_of_another_clinic", answers.total() - answers["right"])
    assert answers == {"right": 12 * len(people)}
    assert before & connected(site)
    assert len(connected(site)) <= gunicorn.DATABASE_CONNECTIONS
    sockets = site.sockets_of_web_processes()
    assert len(sockets) == gunicorn.workers
    assert set.intersection(*sockets) == set()


def test_after_a_restart_of_the_database_every_page_comes_at_once(site: Site) -> None:
    people = people_of_every_clinic(site)
    ask_as(site, people, times=2)
    processes = site.web_processes()

    site.stop_database()
    site.start_database()

    assert ask_as(site, people, times=4) == {"right": 4 * len(people)}
    assert site.web_processes() == processes


def test_when_all_connections_are_cut_nobody_notices(site: Site) -> None:
    people = people_of_every_clinic(site)
    ask_as(site, people, times=2)
    with psycopg.connect(site.demo.postgres.dsn(database=DATABASE)) as superuser:
        superuser.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'pit_app'")

    assert ask_as(site, people, times=1) == {"right": len(people)}


def test_a_worker_keeps_a_connection_of_its_own_for_all_its_tasks(site: Site) -> None:
    """Sweeps come each second; after a restart of the database the next one finds a connection."""
    site.start_pager()
    before = worked_over(site, sweeps=3)
    site.stop_database()
    site.start_database()
    after = worked_over(site, sweeps=2)
    site.kill_workers()

    assert (len(before), len(after)) == (1, 1)
    assert before != after


def worked_over(site: Site, *, sweeps: int) -> set[int]:
    """The connections of workers while so many sweeps come by; the number of tries is bounded."""
    beats, seen = set(site.rows("SELECT max(swept_at) FROM reminders_pagerbeat")), set()
    for _try in range(600):
        beats |= set(site.rows("SELECT max(swept_at) FROM reminders_pagerbeat"))
        if len(beats) > 1:
            seen |= {pid for (pid,) in site.rows("SELECT pid FROM pg_stat_activity WHERE usename = 'pit_worker'")}
        if len(beats) > 1 + sweeps:
            return seen
        threading.Event().wait(0.1)
    raise AssertionError("no sweep came by")
