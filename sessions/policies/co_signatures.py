"""Who may put a second name under a record or send it back; each refusal is a sentence fit for the screen."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Membership
from accounts.permissions import Act
from sessions.choices import CoSigned, RecordStatus
from sessions.models import Addendum, CoSignature, CoSignatureReturn, InjectionSession
from sessions.models.co_signatures import CO_SIGN_WITHIN
from sessions.policies.injection_sessions import SessionRefusedError


@dataclass(frozen=True)
class CoSignable:
    """One thing that needs a second name: who stands behind it, since when, and the hash of what is read."""

    about: str
    author: Membership
    since: datetime
    content_sha256: str
    addendum: Addendum | None = None

    @property
    def due_at(self) -> datetime:
        return self.since + CO_SIGN_WITHIN

    @property
    def key(self) -> tuple[str, UUID | None]:
        """Tells it from the rest of its session."""
        return self.about, self.addendum.pk if self.addendum else None


def record_of(session: InjectionSession) -> CoSignable | None:
    if session.status != RecordStatus.SIGNED or not session.needs_co_signature:
        return None
    if session.signed_by is None or session.signed_at is None:
        return None
    return CoSignable(CoSigned.RECORD, session.signed_by, session.signed_at, session.content_sha256)


def void_of(session: InjectionSession) -> CoSignable | None:
    if not session.void_needs_co_signature or session.voided_by is None or session.voided_at is None:
        return None
    return CoSignable(CoSigned.VOID, session.voided_by, session.voided_at, _hash(session.void_reason))


def addendum_of(addendum: Addendum) -> CoSignable | None:
    if not addendum.needs_co_signature:
        return None
    content = _hash(addendum.text)
    return CoSignable(CoSigned.ADDENDUM, addendum.written_by, addendum.written_at, content, addendum)


def _hash(words: str) -> str:
    return sha256(words.encode()).hexdigest()


def check_can_co_sign(what: CoSignable | None, member: Membership, *, is_given: bool, seen_sha256: str) -> None:
    """``member`` is the one who would co-sign; ``seen_sha256`` the hash on the page that was read."""
    check_waits(what, is_given=is_given)
    if what and (refusal := refusal_of_person(what, member)):
        raise SessionRefusedError(refusal)
    if what and seen_sha256 != what.content_sha256:
        raise SessionRefusedError(_("This is not the record you read. Open it again."))


def check_waits(what: CoSignable | None, *, is_given: bool) -> None:
    if what is None:
        raise SessionRefusedError(_("This needs no co-signature."))
    if is_given:
        raise SessionRefusedError(_("This is already co-signed."))


def check_can_send_back(
    what: CoSignable | None, member: Membership, *, is_given: bool, is_returned: bool, comment: str
) -> None:
    check_waits(what, is_given=is_given)
    if what and (refusal := refusal_of_person(what, member)):
        raise SessionRefusedError(refusal)
    if is_returned:
        raise SessionRefusedError(_("This was sent back already."))
    if not comment.strip():
        raise SessionRefusedError(_("Enter what is missing."))


def refusal_of_person(what: CoSignable, member: Membership) -> str:
    """Why this member cannot co-sign it; empty when they may."""
    if what.author.user_id == member.user_id:
        return _("Nobody co-signs their own signature: another clinician does.")
    if member.role != Role.CLINICIAN or not member.is_active:
        return _("A clinician co-signs.")
    if member.needs_co_signature:
        return _("Your own records need a co-signature, so you cannot give one.")
    return ""


@dataclass(frozen=True)
class Waiting:
    """What waits for a second name; ``refusal`` says why the reader cannot give it (empty: may).

    ``returned`` is with the one who signed, wrote or voided; ``may_ask_again``: that is the reader, or who treated.
    """

    what: CoSignable
    supervisor: Membership | None
    refusal: str = ""
    returned: CoSignatureReturn | None = None
    may_ask_again: bool = False


@dataclass(frozen=True)
class CoSigning:
    """``given`` stands under the record; ``waits``: the record, then its addenda, then its voiding."""

    given: CoSignature | None
    waits: tuple[Waiting, ...] = ()
    co_signed_later: tuple[CoSignature, ...] = ()
    returns: tuple[CoSignatureReturn, ...] = ()

    @property
    def for_reader(self) -> Waiting | None:
        """The first that the reader may co-sign: one form on the page at a time."""
        return next((one for one in self.waits if not one.refusal), None)


def co_signing_of(session: InjectionSession, actor: Actor) -> CoSigning | None:
    """None where no co-signature is or was needed. Four queries where one is."""
    addenda = [] if session.status == RecordStatus.DRAFT else list(_addenda(session))
    if not (session.needs_co_signature or session.void_needs_co_signature or addenda):
        return None
    rows = list(CoSignature.objects.select_related("co_signed_by__user").filter(injection_session=session))
    given = {(row.about, row.addendum_id): row for row in rows}
    returns = tuple(session.returns.select_related("returned_by__user", "asked_again_by__user"))
    back = {(row.about, row.addendum_id): row for row in returns if row.asked_again_at is None}
    reader = _reader(actor)
    return CoSigning(
        given=given.get((CoSigned.RECORD, None)),
        waits=tuple(
            Waiting(
                what,
                _supervisor(session, what),
                refusal_of_person(what, reader) if reader else _("A clinician co-signs."),
                returned := back.get(what.key),
                returned is not None and may_ask_again(session, what, actor),
            )
            for what in (record_of(session), *map(addendum_of, addenda), void_of(session))
            if what and what.key not in given
        ),
        co_signed_later=tuple(row for row in rows if row.about != CoSigned.RECORD),
        returns=returns,
    )


def returned_to(session: InjectionSession, returned: CoSignatureReturn | None, actor: Actor) -> CoSignatureReturn:
    """``returned``, for who may answer it."""
    what = what_of(session, returned) if returned and returned.asked_again_at is None else None
    if returned is None or what is None:
        raise SessionRefusedError(_("This record is not sent back."))
    if not may_ask_again(session, what, actor):
        raise SessionRefusedError(_("Who treated or signed answers, and asks again."))
    return returned


def what_of(session: InjectionSession, row: CoSignature | CoSignatureReturn) -> CoSignable | None:
    """What a row is about, while that needs a second name."""
    if row.addendum is not None:
        return addendum_of(row.addendum)
    return void_of(session) if row.about == CoSigned.VOID else record_of(session)


def may_ask_again(session: InjectionSession, what: CoSignable, actor: Actor) -> bool:
    behind = {what.author.pk} | ({session.clinician_id} if what.about == CoSigned.RECORD else set())
    return actor.membership_id in behind


def _addenda(session: InjectionSession) -> list[Addendum]:
    rows = Addendum.objects.filter(injection_session=session, needs_co_signature=True)
    return list(rows.select_related("written_by__user", "written_by__supervisor__user"))


def _reader(actor: Actor) -> Membership | None:
    if actor.membership_id is None or not actor.may(Act.SIGN_SESSIONS):
        return None
    return Membership.objects.visible_to(actor).get(pk=actor.membership_id)


def _supervisor(session: InjectionSession, what: CoSignable) -> Membership | None:
    """Of who treated, else of who wrote it; never the author."""
    members = (session.clinician, what.author) if what.about == CoSigned.RECORD else (what.author,)
    found = (member.supervisor for member in members if member.needs_co_signature and member.supervisor)
    return next((one for one in found if one.pk != what.author.pk), None)
