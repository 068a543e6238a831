"""A page that was opened on an older draft: what was typed on it is merged into what stands now, field by field."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from sessions.choices import RecordStatus
from sessions.drafts import Sender
from sessions.field_merges import POINTS, Shown, agreed, merge, opened_on, read
from sessions.forms.injection_sessions import SessionForms
from sessions.forms.shown_fields import shown, unsaved
from sessions.policies.injection_sessions import is_from_here, is_overtaken
from sessions.views.injection_session_pages import SessionPage


@dataclass(frozen=True)
class FieldConflict:
    """One field that was changed here and elsewhere."""

    label: str
    yours: str
    theirs: str


@dataclass(frozen=True)
class TypedPage:
    """``data`` is what can be saved over the draft as it is now. ``version``: the one it was typed over.

    ``theirs`` names what was changed elsewhere and the page does not show yet."""

    data: QueryDict
    version: int
    is_merged: bool = False
    conflicts: tuple[FieldConflict, ...] = ()
    theirs: tuple[str, ...] = ()


def typed_over(page: SessionPage, sent: QueryDict) -> TypedPage:
    """The page as sent where nobody else saved meanwhile, or where it does not say what it was opened on."""
    session, version = page.session, _number(sent, "version") or page.session.version
    opened = read(sent.get("opened", ""))
    if opened is None or version == session.version or session.status != RecordStatus.DRAFT:
        return TypedPage(sent, version)
    sender = _sender(sent)
    if sender and is_overtaken(session, sender):
        return TypedPage(sent, version)
    if is_from_here(session, sender, version=version, heard=opened.number):
        return TypedPage(sent, version)
    forms = page.forms()
    now = shown(forms)
    merged = merge(opened, dict(sent.lists()), now)
    data = QueryDict(mutable=True)
    for name, values in merged.data.items():
        data.setlist(name, values)
    data["version"], data["opened"] = str(session.version), str(opened_on(now))
    return TypedPage(
        data=data,
        version=version,
        is_merged=True,
        conflicts=tuple(_conflict(forms, name, sent, now) for name in merged.conflicts),
        theirs=tuple(dict.fromkeys(_label(forms, name) for name in merged.theirs)),
    )


def agreed_on(forms: SessionForms, sent: QueryDict) -> str:
    """What the page and the draft have in common after ``sent`` was saved; empty for a page that never said."""
    opened = read(sent.get("opened", ""))
    if opened is None:
        return ""
    number = _number(sent, "number") or 0
    return str(agreed(opened, dict(sent.lists()), number=number, unsaved=unsaved(forms)))


def _number(sent: QueryDict, name: str) -> int | None:
    with suppress(ValueError):
        return int(sent.get(name, ""))
    return None


def _sender(sent: QueryDict) -> Sender | None:
    with suppress(ValueError):
        return Sender(UUID(sent.get("page", "")), _number(sent, "number") or 0)
    return None


def _conflict(forms: SessionForms, name: str, sent: QueryDict, now: Shown) -> FieldConflict:
    return FieldConflict(_label(forms, name), sent.get(name, ""), now.plain.get(name, ""))


def _label(forms: SessionForms, name: str) -> str:
    if name.startswith(POINTS):
        number = name.removeprefix(f"{POINTS}-")
        return _("Point %(number)s") % {"number": int(number) + 1} if number.isdecimal() else _("Points")
    labels = {field.html_name: str(field.label) for form in forms.plain_forms for field in form}
    return labels.get(name, name)
