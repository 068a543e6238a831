"""The words of product.md, section 3, with the look each one has on every screen."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from django import template
from django.contrib.messages.storage.base import Message
from django.db import connection
from django.http import HttpRequest
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise

from accounts.models import Membership
from accounts.permissions import Act
from pitclinic.navigation import Link, address, links_for
from pitclinic.page_search import FoundPage, pages_named
from sessions.queries import worklists
from sessions.queries.audit_trails import Chain, chain
from sessions.queries.signature_checks import SignatureState, signature_state

register = template.Library()


class Look(NamedTuple):
    """An icon and a tone; the tone is also a shape, so that no meaning rests on colour."""

    icon: str
    tone: str


STATUS_LOOKS = {
    # visits
    "booked": Look("calendar", "planned"),
    "confirmed": Look("calendar-check", "planned"),
    "arrived": Look("log-in", "active"),
    "in_room": Look("door-open", "active"),
    "observation": Look("eye", "active"),
    "done": Look("check", "good"),
    "cancelled": Look("x", "off"),
    "no_show": Look("user-x", "warn"),
    "deferred": Look("calendar-clock", "warn"),
    "aborted": Look("octagon-x", "bad"),
    # records
    "draft": Look("pencil", "planned"),
    "signed": Look("lock", "good"),
    "voided": Look("ban", "off"),
    # messages
    "planned": Look("clock", "planned"),
    "held": Look("hand", "warn"),
    "due": Look("hourglass", "active"),
    "sending": Look("send", "active"),
    "sent": Look("send", "good"),
    "delivered": Look("check-check", "good"),
    "bounced": Look("undo-2", "bad"),
    "failed": Look("triangle-alert", "bad"),
    "skipped": Look("skip-forward", "off"),
    "stopped": Look("ban", "off"),
    # alerts
    "p0": Look("siren", "bad"),
    "p1": Look("triangle-alert", "warn"),
    "p2": Look("circle-alert", "active"),
    "p3": Look("info", "planned"),
    # people
    "departed": Look("octagon-alert", "bad"),
    # tasks and jobs
    "open": Look("circle", "active"),
    "acknowledged": Look("hand", "active"),
    "overdue": Look("alarm-clock", "warn"),
    "completed": Look("check", "good"),
    "closed": Look("check", "good"),
    # what a call found
    "better": Look("trending-down", "good"),
    "same": Look("equal", "planned"),
    "worse": Look("trending-up", "warn"),
    "not_reached": Look("phone-missed", "planned"),
    "gone": Look("check", "off"),
    "waiting": Look("clock", "planned"),
    "offered": Look("hourglass", "active"),
    "accepted": Look("check", "good"),
    "declined": Look("x", "off"),
    "expired": Look("clock", "warn"),
    "withdrawn": Look("ban", "off"),
    "running": Look("loader", "active"),
    "refused": Look("x", "bad"),
    "active": Look("circle-dot", "active"),
    "stopped_early": Look("ban", "off"),
}
FALLBACK = Look("circle", "planned")
UNDO = "undo:"


@register.simple_tag
def status_word(status: str, label: str | Promise = "") -> str:
    """A status as icon, word and shape: ``{% status_word visit.status visit.get_status_display %}``."""
    key = str(status).lower().replace("-", "_").replace(" ", "_")
    return _drawn(STATUS_LOOKS.get(key, FALLBACK), str(label or status))


@lru_cache(maxsize=512)
def _drawn(look: Look, word: str) -> str:
    """A long list says a few words hundreds of times."""
    return render_to_string("partials/status_word.html", {"icon_name": look.icon, "tone": look.tone, "word": word})


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> list[Link]:
    """The navigation of the person who is signed in."""
    request = context.get("request")
    if not isinstance(request, HttpRequest):
        return []
    return list(links_for(getattr(request, "actor", None), request.path))


@register.simple_tag(takes_context=True)
def pages_found(context: Context, typed: str) -> list[FoundPage]:
    """The pages the typed words name, of those the person may open; no query."""
    actor = context.get("actor")
    return pages_named(actor, typed) if actor else []


@register.simple_tag(takes_context=True)
def own_memberships(context: Context) -> list[Membership]:
    """The clinics the person can switch between, with the role at each."""
    actor = context.get("actor")
    if actor is None or actor.user_id is None:
        return []
    own = Membership.objects.of_user(actor.user_id).active().select_related("clinic")
    return list(own.order_by("clinic__name", "role"))


@register.simple_tag(takes_context=True)
def worklist_counts(context: Context) -> worklists.Counts:
    """What waits at the clinic, in one query: an alarm stands in the page itself, with or without a script.

    A page about a failure, whose transaction takes no query any more, has none.
    """
    actor = context.get("actor")
    if actor is None or actor.user_id is None or connection.needs_rollback:
        return worklists.Counts()
    return worklists.counts(actor, now=timezone.now())  # noqa: TID251 - the bar is a part of every view


@dataclass(frozen=True)
class Findings:
    """What the nightly proofs found at a clinic: signatures that do not hold, and breaks of the audit trail."""

    signatures: SignatureState
    chain: Chain

    @property
    def is_any(self) -> bool:
        breaks = self.chain.check.problem_count if self.chain.check else 0
        return bool(self.signatures.problems or self.signatures.unknown_count or breaks)


@register.simple_tag(takes_context=True)
def proof_findings(context: Context) -> Findings | None:
    """For whoever runs the clinic; None for everybody else, and where nothing was found."""
    actor = context.get("actor")
    if actor is None or not actor.may(Act.CHANGE_SETTINGS):
        return None
    found = Findings(signature_state(actor), chain(actor))
    return found if found.is_any else None


@register.simple_tag
def address_of(url_name: str) -> str:
    """Like ``{% url %}``, but empty while no app serves the page."""
    return address(url_name)


@register.filter
def undo_url(message: Message) -> str:
    """The address that takes back what the message tells of; see ``common.undo``."""
    for tag in (message.extra_tags or "").split():
        if tag.startswith(UNDO) and not tag.startswith((f"{UNDO}//", f"{UNDO}/\\")):
            return tag.removeprefix(UNDO)
    return ""
