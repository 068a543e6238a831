"""A demo clinic with its own PostgreSQL, broker and web process, each stopped, killed and started at will."""

import contextlib
import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import psutil
import psycopg

from pitclinic import servers
from pitclinic.demo.run import DATABASE, ROOT, Demo
from tests.demo.running_demo import free_port
from tests.e2e.deployment import command_of
from tests.e2e.sockets import listening, sockets_of
from tests.plugins import golden


class Visitor:
    """A person at a browser without JavaScript: keeps cookies, fills the form's token in, follows no redirect."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.cookies = http.cookiejar.CookieJar()
        self.token = ""

        class NoRedirect(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *args: Any, **kwargs: Any) -> None:
                return None

        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies), NoRedirect)

    def ask(self, path: str, data: dict[str, str] | None = None) -> tuple[int, Any, str]:
        body = None
        if data is not None:
            body = urllib.parse.urlencode({**data, "csrfmiddlewaretoken": self.token}).encode()
        request = urllib.request.Request(self.origin + path, data=body, headers={"Origin": self.origin})
        try:
            response = self.opener.open(request, timeout=20)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            text = response.read().decode()
        if found := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text):
            self.token = found.group(1)
        return response.status, response.headers, text


class Site:
    """PostgreSQL and one web process of a demo clinic with three patients, each restarted at will."""

    def __init__(self, run_dir: Path, stack: contextlib.ExitStack) -> None:
        self.demo = Demo(run_dir=run_dir, port=free_port(), patients=3)
        self.demo.start_servers(stack)
        stack.callback(lambda: self.demo.postgres.stop())
        stack.callback(lambda: self.demo.valkey.stop())
        golden.pour_into(self.demo.postgres.dsn(database=DATABASE))
        self.demo.set_up()
        stack.callback(self.kill_web)
        self.workers: list[subprocess.Popen[bytes]] = []
        stack.callback(self.kill_workers)
        self.start_web()

    def start_web(self) -> None:
        with self.web_log.open("ab") as log:
            self.web = subprocess.Popen(
                [sys.executable, "-m", *command_of("web")],
                cwd=ROOT,
                env=self.demo.environment(role="pit_app"),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_for(200)

    @property
    def web_log(self) -> Path:
        return self.demo.run_dir / "web.log"

    def web_said(self) -> str:
        return self.web_log.read_text()

    def web_processes(self) -> list[int]:
        return sorted(child.pid for child in psutil.Process(self.web.pid).children())

    def sockets_of_web_processes(self) -> list[set[str]]:
        """Of each process, its sockets by inode, but for the one they all listen on."""
        return [sockets_of(process) - listening() for process in self.web_processes()]

    def kill_web(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.web.pid, signal.SIGKILL)
        self.web.wait()

    def start_pager(self) -> None:
        """The worker of the alarms with its own beat, which comes each second."""
        command = (
            "celery",
            "--quiet",
            "--app",
            "tests.reminders.kill9_celery",
            "worker",
            "--beat",
            "--queues",
            "alarms",
        )
        how = ("--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "ERROR")
        schedule = str(self.demo.run_dir / "beat-schedule")
        environment = {**self.demo.environment(role="pit_worker"), "PYTHONPATH": str(ROOT)}
        self.workers.append(
            subprocess.Popen(
                [sys.executable, "-m", *command, *how, "--schedule", schedule],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        )

    def kill_workers(self) -> None:
        for worker in self.workers:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        self.workers.clear()

    def kill_broker(self) -> None:
        self.demo.valkey.server.process.kill()
        self.demo.valkey.server.process.wait()

    def start_broker(self) -> None:
        self.demo.valkey = servers.start_valkey(folder=self.demo.run_dir / "valkey")

    def paged(self) -> set[str]:
        """The reports that the mails which really left point at."""
        mails = [path.read_text() for path in (self.demo.run_dir / "mail").glob("*.log")]
        return {found for mail in mails for found in re.findall(r"/side-effects/([0-9a-f-]{36})/", mail)}

    def wait_for_pages(self, reports: set[str]) -> set[str]:
        """Those of the reports that nobody was paged for; the number of tries is bounded."""
        for _try in range(600):
            if reports <= self.paged():
                break
            threading.Event().wait(0.1)
        return reports - self.paged()

    def stop_database(self) -> None:
        self.demo.postgres.stop()

    def start_database(self) -> None:
        self.demo.postgres = servers.start_postgres(data=self.demo.run_dir / "postgres")

    def wait_for(self, status: int, path: str = "/readyz") -> None:
        """Ask until the answer is ``status``; the number of tries is bounded."""
        for _try in range(300):
            with contextlib.suppress(OSError):
                if Visitor(self.demo.address).ask(path)[0] == status:
                    return
            threading.Event().wait(0.1)
        raise AssertionError(f"{path} never answered {status}")

    def clinics(self) -> dict[str, list[str]]:
        """The clinics by name, each with the addresses that sign in one of its people who see Today."""
        page = Visitor(self.demo.address).ask("/demo/")[2]
        sections = re.findall(r"<h2[^>]*>([^<]+)</h2>(.*?)</section>", page, re.DOTALL)
        form = r'action="(/demo/sign-in/[^"]+)"(?:(?!</form>).)*(?:Clinician|Front desk)'
        return {name: re.findall(form, people, re.DOTALL) for name, people in sections}

    def sign_in_at(self, path: str) -> Visitor:
        visitor = Visitor(self.demo.address)
        visitor.ask("/demo/")
        assert visitor.ask(path, {})[0] == 302
        return visitor

    def sign_in(self, role: str) -> Visitor:
        visitor = Visitor(self.demo.address)
        _status, _headers, page = visitor.ask("/demo/")
        path = re.search(rf'action="(/demo/sign-in/[^"]+)"(?:(?!</form>).)*{role}', page, re.DOTALL)
        assert path, page
        assert visitor.ask(path.group(1), {})[0] == 302
        return visitor

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.demo.postgres.dsn(database=DATABASE)) as superuser:
            return superuser.execute(query).fetchall()
