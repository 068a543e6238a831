"""How fast the pages are on the data at hand: each GET page that can be opened with known ids, and the searches."""

import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver, reverse

from accounts.choices import Role
from accounts.models import Clinic, Membership
from common.tenancy import tenant
from patients.models import Patient
from pitclinic.simulation.page_samples import samples
from pitclinic.simulation.typed_forms import fields_of

# Who opens a page: the first of them whom it lets in.
READERS = (Role.CLINICIAN, Role.FRONT_DESK, Role.CLINIC_ADMIN)
# The sign-in's own pages, the doors of patients and what is no page.
SKIPPED = re.compile(r"^(account_|mfa_|usersessions_|socialaccount_|demo:|portal:|healthz|readyz)")
SEARCHES = ("patients:search", "patients:choose")
BIG_TABLE = 100_000
# Other ways to ask a page. Nobody works on Sundays: such a search looks at all of its eight weeks.
ALSO_ASKED = {
    "scheduling:find": ("?part=morning", "?weekday=6"),
    "scheduling:calendar": ("?span=week",),
    "scheduling:calendar_events": ("?span=week", "?show=rooms"),
}


@dataclass(frozen=True)
class Page:
    name: str
    kwargs: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] | None = None
    typed_on: str = ""  # the page whose form is sent, with a new note, as it saves itself
    query: str = ""

    @property
    def label(self) -> str:
        return self.name + self.query + (f" “{next(iter(self.data.values()))}”" if self.data else "")

    @property
    def address(self) -> str:
        return reverse(self.name, kwargs=self.kwargs) + self.query


@dataclass(frozen=True)
class Timing:
    """One line of the table. ``why_not`` is empty when the page was timed."""

    page: Page
    reader: str = ""
    why_not: str = ""
    milliseconds: tuple[float, ...] = ()
    work_ms: float = 0.0
    queries: int = 0
    kilobytes: float = 0.0
    scans: tuple[str, ...] = ()

    @property
    def is_post_only(self) -> bool:
        return self.why_not == _WHY[405]

    @property
    def median_ms(self) -> float:
        return median(self.milliseconds)

    @property
    def p95_ms(self) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[max(round(0.95 * len(ordered)) - 1, 0)]


def pages(clinic: Clinic) -> Iterator[Page]:
    """Every named address whose parameters are known here, and a search for a name, a phone's tail and a number."""
    known = samples(clinic)
    for name, wanted in _addresses(get_resolver(), ""):
        if not SKIPPED.match(name) and name not in SEARCHES and wanted <= known.keys():
            kwargs = {key: known.get(f"{name}:{key}", known[key]) for key in sorted(wanted)}
            for query in ("", *ALSO_ASKED.get(name, ())):
                yield Page(name, kwargs, query=query)
    if "session_id" in known:
        draft = known.get("sessions:edit:session_id", known["session_id"])
        yield Page("sessions:autosave", {"session_id": draft}, typed_on="sessions:edit")
    with tenant(clinic.pk, actor="command:bench"):
        patient = Patient.objects.filter(clinic=clinic).order_by("-created_at").first()
    names = [patient.family_name, patient.family_name[:-1]] if patient is not None else []
    for word in (*names, known["phone_tail"], known["clinic_number"]):
        yield Page("patients:search", data={"q": word})


def _addresses(resolver: URLResolver, space: str) -> Iterator[tuple[str, set[str]]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _addresses(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif entry.name:
            yield f"{space}{entry.name}", set(entry.pattern.converters)


class Bench:
    """Opens pages through Django's test client, as members of one clinic. Views are recorded in the audit trail."""

    def __init__(self, clinic: Clinic, *, runs: int) -> None:
        self.clinic, self.runs = clinic, runs
        signed_in = {str(role): self._signed_in(role) for role in READERS}
        self.clients = {role: client for role, client in signed_in.items() if client is not None}

    def _signed_in(self, role: str) -> Client | None:
        with tenant(self.clinic.pk, actor="command:bench"):
            members = Membership.objects.filter(clinic=self.clinic, role=role).active()
            member = members.select_related("user").order_by("pk").first()
        if member is None:
            return None
        client = Client(raise_request_exception=False, HTTP_HOST=_host())
        client.force_login(member.user, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.session
        session.update({"membership_id": str(member.pk), "has_second_factor": True})
        session.save()
        return client

    def time(self, page: Page) -> Timing:
        """Time a page, or say why it was left out."""
        address = page.address
        if page.typed_on:
            return self._typed(page, address)
        status = 0
        for role, client in self.clients.items():
            status = (answer := _open(client, address, page)).status_code
            if status == 200:
                return self._measured(page, role, partial(_open, client, address, page), len(answer.content))
            if status != 403:
                break
        return Timing(page, why_not=_WHY.get(status, f"answers {status}"))

    def _typed(self, page: Page, address: str) -> Timing:
        """Time the saving of a form: the page is fetched anew before each, which is not counted."""
        client = self.clients[str(Role.CLINICIAN)]
        source = reverse(page.typed_on, kwargs=page.kwargs)

        def prepare() -> dict[str, list[str]]:
            html = client.get(source, secure=settings.SECURE_SSL_REDIRECT).content.decode()
            return fields_of(html, marker="data-points") | {"note": [f"Saved at {time.perf_counter()}."]}

        def save(fields: dict[str, list[str]]) -> Any:
            return client.post(address, fields, secure=settings.SECURE_SSL_REDIRECT)

        answer = save(prepare())
        if answer.status_code != 200 or answer.json()["state"] != "saved":
            return Timing(page, why_not=f"answers {answer.status_code}: {answer.content.decode()[:60]}")
        return self._measured(page, str(Role.CLINICIAN), save, len(answer.content), prepare=prepare)

    def _measured(
        self, page: Page, role: str, visit: Callable[..., Any], size: int, *, prepare: Callable[[], Any] | None = None
    ) -> Timing:
        """``prepare`` makes what ``visit`` is given each time; its own time is left out."""
        spent = []
        work = 0.0
        for _n in range(self.runs):
            given = [prepare()] if prepare else []
            worked, began = _work_seconds(), time.perf_counter()
            visit(*given)
            spent.append((time.perf_counter() - began) * 1000)
            work += (_work_seconds() - worked) * 1000 / self.runs
        given = [prepare()] if prepare else []
        with CaptureQueriesContext(connection) as captured:
            visit(*given)
        statements = [query["sql"] for query in captured.captured_queries]
        return Timing(
            page=page,
            reader=role,
            milliseconds=tuple(spent),
            work_ms=work,
            queries=len(statements),
            kilobytes=size / 1024,
            scans=tuple(big_scans(self.clinic, statements)),
        )


_WHY = {
    301: "sends elsewhere",
    302: "sends elsewhere",
    403: "nobody here may open it",
    404: "nothing to show for the sample",
    405: "takes POST only",
}


def _open(client: Client, address: str, page: Page) -> Any:
    is_safe = settings.SECURE_SSL_REDIRECT
    if page.data is not None:
        return client.post(address, page.data, secure=is_safe)
    return client.get(address, secure=is_safe)


def _work_seconds() -> float:
    """Processor time of this process and, where its server is on this machine, of its database connection.

    On a busy machine it says what the clock cannot: how long a page takes when nobody else is there.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    own = time.process_time()
    try:
        ticks = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    except OSError:
        return own
    return own + sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _host() -> str:
    return next((host for host in settings.ALLOWED_HOSTS if "*" not in host and not host.startswith(".")), "localhost")


def big_scans(clinic: Clinic, statements: list[str]) -> Iterator[str]:
    """Tables of more than 100,000 rows that one of the statements would read from end to end."""
    seen: set[str] = set()
    with tenant(clinic.pk, actor="command:bench"), connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > %s", [BIG_TABLE])
        big = {name for (name,) in cursor.fetchall()}
        for statement in dict.fromkeys(statements):
            if big and statement.lstrip().upper().startswith("SELECT") and "set_config" not in statement:
                cursor.execute(f"EXPLAIN {statement.replace('%', '%%')}")
                plan = "\n".join(line for (line,) in cursor.fetchall())
                seen |= {name for name in re.findall(r"Seq Scan on (\w+)", plan) if name in big}
    yield from sorted(seen)
