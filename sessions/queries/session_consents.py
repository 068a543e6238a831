"""The consents a session can stand on, and which of them it does."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from common.wall_clock import local_day
from patients.choices import Flag
from patients.records import FULL_AGE
from sessions.choices import DEFAULT_SOLUTION, ConsentSigner
from sessions.models import Consent, InjectionSession
from sessions.rules.consents import RISKS, Given, Scope, chosen, solution_class, uncovered
from sessions.rules.facts import Solution

if TYPE_CHECKING:
    from sessions.queries.injection_sessions import Loaded

# Consents of one course that are looked at, the newest first.
CONSENTS_AT_MOST = 20


def consents_of(session: InjectionSession, *, until: datetime | None) -> list[Consent]:
    """Those of its course; without a course its own, and where that does not stand at the first injection (``until``)
    the others given to its page. The newest first."""
    own: Consent | None = session.consent
    rows = Consent.objects.filter(clinic_id=session.clinic_id)
    if session.course_id is not None:
        rows = rows.filter(course_id=session.course_id)
    elif own is None:
        return []
    elif own.withdrawn_at is None and (until is None or own.given_at <= until):
        return [own]
    else:
        begun_at = session.begun_at or session.started_at
        rows = rows.filter(patient_id=session.patient_id, course__isnull=True, given_at__gte=begun_at)
    found = list(rows.order_by("-given_at", "-id")[:CONSENTS_AT_MOST])
    is_apart = own is not None and own not in found and (session.course_id is None or not found)
    return [*found, *([own] if own and is_apart else [])]


def consent_of(rows: Sequence[Consent], *, until: datetime | None, is_stated: bool) -> Consent | None:
    """The one the session stands on; ``until`` is the first injection, if there was one."""
    number = chosen([given_of(row, rows) for row in rows], until, is_stated=is_stated)
    return None if number is None else rows[number]


def ended_at(consent: Consent, rows: Iterable[Consent]) -> datetime | None:
    """When it was withdrawn: who takes back the newest consent does not go back to an older one."""
    ends = [row.withdrawn_at for row in [consent, *rows] if row.withdrawn_at]
    return min((at for at in ends if at >= consent.given_at), default=None)


def given_anew(rows: Sequence[Consent], standing: Consent | None) -> Consent | None:
    """The newest that stands, where the one the session stands on was withdrawn."""
    if standing is None or ended_at(standing, rows) is None:
        return None
    return next((row for row in rows if ended_at(row, rows) is None), None)


def given_of(
    consent: Consent,
    rows: Iterable[Consent],
    *,
    techniques: dict[UUID, str] | None = None,
    zone: ZoneInfo | None = None,
) -> Given:
    """As the rules look at it; without ``techniques`` and ``zone`` only its times."""
    withdrawn_at = ended_at(consent, rows)
    scope = Scope(
        technique=(techniques or {}).get(consent.technique_id, ""),
        wording_version=consent.wording_version,
        solution_classes=frozenset(consent.solution_classes),
        risk_flags=frozenset(consent.risk_flags),
    )
    return Given(
        scope,
        local_day(consent.given_at, zone) if zone else consent.given_at.date(),
        given_at=consent.given_at,
        is_withdrawn=withdrawn_at is not None,
        is_by_guardian=consent.signed_as == ConsentSigner.GUARDIAN,
        has_interpreter=bool(consent.interpreter_name),
        withdrawn_at=withdrawn_at,
    )


def given_for(consent: Consent | None, loaded: "Loaded", zone: ZoneInfo) -> Given | None:
    if consent is None:
        return None
    techniques = {pk: row.code for pk, row in loaded.words.techniques.items()}
    return given_of(consent, loaded.consents, techniques=techniques, zone=zone)


def scope_of(loaded: "Loaded") -> Scope:
    """What the session as drafted needs consent for."""
    return Scope(
        technique=loaded.words.techniques[loaded.session.technique_id].code,
        wording_version=loaded.wording.version,
        standing_versions=loaded.background.wordings.all_standing,
        needs_guardian=_is_minor(loaded.session),
        needs_interpreter=any(row.flag == Flag.INTERPRETER for row in loaded.risk_flags),
        solution_classes=frozenset(solution_class(point.solution) for point in loaded.point_facts),
        risk_flags=frozenset().union(*(point.nerve.flags & RISKS for point in loaded.point_facts)),
    )


def named_solutions(loaded: "Loaded") -> list[Solution]:
    """What the words of consent name beside the text: what the points hold, what is on the tray, and what a new point
    is given where nobody chooses."""
    tray = loaded.tray_fact
    codes = {point.solution.code for point in loaded.point_facts} | {DEFAULT_SOLUTION}
    codes |= {tray.solution_code} if tray else set()
    return [one for one in loaded.words.solutions.values() if one.code in codes]


def lacks(given: Consent, loaded: "Loaded") -> tuple[str, ...]:
    """What of the treatment as drafted this consent was not given for."""
    zone = ZoneInfo(loaded.session.clinic.zone)
    one = given_for(given, loaded, zone)
    return uncovered(one, scope_of(loaded), local_day(loaded.session.started_at, zone)) if one else ()


def _is_minor(session: InjectionSession) -> bool:
    day = local_day(session.started_at, ZoneInfo(session.clinic.zone))
    return bool(session.patient.age_on(day) < FULL_AGE)
