"""What may be done with an injection session in its state; each refusal is a sentence fit for the screen."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Membership
from accounts.permissions import Act, may
from scheduling.choices import VisitStatus
from scheduling.models import Appointment
from sessions import session_times
from sessions.choices import RecordStatus
from sessions.drafts import Draft, Sender
from sessions.models import InjectionSession
from sessions.override_reasons import is_answer
from sessions.rules import Finding

STARTABLE = frozenset({VisitStatus.ARRIVED, VisitStatus.IN_ROOM, VisitStatus.OBSERVATION})


class SessionRefusedError(Exception):
    """This cannot be done in this state; the text says why."""


class VersionConflictError(SessionRefusedError):
    """This draft was saved from elsewhere after it was read, by a colleague or in one's own other tab."""

    def __init__(self) -> None:
        super().__init__(_("This session was saved after you opened it. Nothing was overwritten."))


class PreparationRefusedError(SessionRefusedError):
    """The database refused what the points were to be given from: nothing was saved; the text says why."""


class GateClosedError(SessionRefusedError):
    """Rules that stop, or warnings without a reason, stand between the draft and the signature."""

    def __init__(self, open_findings: list[Finding]) -> None:
        super().__init__(_("The session cannot be signed yet."))
        self.findings = open_findings


def check_can_start(appointment: Appointment) -> None:
    if appointment.status not in STARTABLE:
        raise SessionRefusedError(
            _("A session starts from a visit that has arrived; this one is %(status)s.")
            % {"status": appointment.get_status_display()}
        )


def check_can_edit(session: InjectionSession, *, version: int, sender: Sender | None = None) -> None:
    """A page that saved last itself, and never heard of it, may go on from its older version."""
    if session.status == RecordStatus.SIGNED:
        raise SessionRefusedError(_("This session is signed and cannot change. Write an addendum instead."))
    if session.status == RecordStatus.VOIDED:
        raise SessionRefusedError(_("This session is voided and cannot change."))
    if session.version != version and not _saved_last(session, sender):
        raise VersionConflictError


def check_times(session: InjectionSession, draft: Draft, *, now: datetime) -> None:
    """The first injection and the end of the treatment as somebody said them."""
    begun_at = session.begun_at or session.started_at
    started_at = session_times.start_of_session(begun_at=begun_at, done=draft.stated_times)
    if started_at < begun_at - timedelta(days=session_times.DAYS_BACK + 1):
        raise SessionRefusedError(
            _("A treatment can be written down up to %(days)s days later.") % {"days": session_times.DAYS_BACK}
        )
    found = session_times.problems(
        started_at=started_at,
        first_injected_at=draft.first_injected_at,
        injected_at=draft.cycles_injected_at,
        ended_at=draft.ended_at,
        now=now,
    )
    for _field, words in found:
        raise SessionRefusedError(_(words))


def problem_of_paper(given_at: datetime | None, *, is_drawn: bool, now: datetime) -> str:
    """What cannot be of a consent that was given on paper; "" for nothing, and where none was (None)."""
    if given_at is None:
        return ""
    if given_at > now:
        return _("The consent on paper has a time that is still to come.")
    return _("Signed here or on paper? Clear the signature, or the time of the paper.") if is_drawn else ""


def _saved_last(session: InjectionSession, sender: Sender | None) -> bool:
    return sender is not None and session.saved_page == sender.page and sender.number > (session.saved_number or 0)


def is_from_here(session: InjectionSession, sender: Sender | None, *, version: int, heard: int) -> bool:
    """All that was saved since ``version`` are sends of this page itself, after its send ``heard``."""
    if sender is None or not _saved_last(session, sender):
        return False
    return session.version - version <= (session.saved_number or 0) - heard


def is_overtaken(session: InjectionSession, sender: Sender) -> bool:
    """A later send of the same page has been stored already."""
    return session.saved_page == sender.page and sender.number <= (session.saved_number or 0)


def author_of(by: Actor) -> UUID:
    """The member who stands behind a clinical row: the machine never does."""
    if by.membership_id is None:
        raise SessionRefusedError(_("Only a member of the clinic can do this."))
    return by.membership_id


def caller_of(session: InjectionSession, *, by: Actor) -> UUID:
    """Who calls the patient back: who finishes it for a leaver, who treated, or who signs where neither does."""
    people = (one for one in (session.handed_to, session.clinician) if one is not None and one.is_active)
    return next((one.pk for one in people if may(one.role, Act.COMPLETE_FOLLOW_UPS)), author_of(by))


def check_gate(findings: Iterable[Finding], reasons: Mapping[str, str], *, by: Actor) -> None:
    """Raise ``GateClosedError`` unless every finding can be answered and is, by somebody who may."""
    may_lift = by.may(Act.LIFT_STOPS)
    still_open = [f for f in findings if not is_answer(f, reasons.get(f.key, ""), may_lift=may_lift)]
    if still_open:
        raise GateClosedError(still_open)


def check_co_signer_is_left(session: InjectionSession, by: Actor) -> None:
    """Where the record will need a second name, another than the signer must be left to give it: else it would never be
    whole. One query, two more where one is needed."""
    people = Membership.objects.visible_to(by).select_related("user").in_bulk({session.clinician_id, author_of(by)})
    treater, signer = people[session.clinician_id], people[author_of(by)]
    if not (treater.needs_co_signature or signer.needs_co_signature):
        return
    if Membership.objects.visible_to(by).co_signers().exclude(user_id=signer.user_id).exists():
        return
    if signer == treater:
        raise SessionRefusedError(_("Nobody at the clinic may co-sign your records. Ask the clinic admin first."))
    raise SessionRefusedError(
        _("%(name)s gave this treatment and needs a co-signature, which only you could give. Let %(name)s sign it.")
        % {"name": treater.user.full_name}
    )


def check_can_void(session: InjectionSession, reason: str) -> None:
    if session.status == RecordStatus.VOIDED:
        raise SessionRefusedError(_("This session is already voided."))
    if not reason.strip():
        raise SessionRefusedError(_("Voiding needs a reason."))


def check_can_add_addendum(session: InjectionSession, text: str) -> None:
    if session.status == RecordStatus.DRAFT:
        raise SessionRefusedError(_("This session is still a draft: change it instead."))
    if not text.strip():
        raise SessionRefusedError(_("An addendum needs a text."))
