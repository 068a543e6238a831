"""The side navigation: what there is, and what this person may open."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.permissions import Act


@dataclass(frozen=True)
class Entry:
    """One place in the navigation, for those who may do ``act``; ``purpose``: what the search finds it by, too."""

    label: str | Promise
    icon: str
    url_name: str
    act: Act
    purpose: str | Promise = ""


@dataclass(frozen=True)
class Link:
    label: str | Promise
    icon: str
    url: str
    is_current: bool


ENTRIES = (
    Entry(_("Today"), "sun", "scheduling:today", Act.SEE_TODAY, _("Who comes today, and where each visit stands.")),
    Entry(_("Calendar"), "calendar-days", "scheduling:calendar", Act.SEE_SCHEDULE, _("Book and move visits.")),
    Entry(_("Patients"), "users", "patients:list", Act.FIND_PATIENTS, _("Everybody in the register.")),
    Entry(_("Worklists"), "list-checks", "sessions:worklists", Act.SEE_WORKLISTS, _("What waits to be done.")),
    Entry(
        _("Messages"), "mail", "reminders:messages", Act.SEE_MESSAGES, _("What was sent to patients, and what failed.")
    ),
    Entry(_("On call"), "bell-ring", "reminders:on_call", Act.SEE_ON_CALL, _("Who is woken by an urgent report.")),
    Entry(_("Stock"), "package", "sessions:lots", Act.MANAGE_STOCK, _("Lots of what is injected, and what expires.")),
    Entry(_("Settings"), "settings", "settings", Act.OWN_ACCOUNT, _("How the clinic works, and your own sign-in.")),
    Entry(_("Audit"), "scroll-text", "sessions:audit_log", Act.SEE_AUDIT, _("Who did and who saw what.")),
)


def links_for(actor: Actor | None, path: str) -> Iterator[Link]:
    """Yield the entries this person may open, the one that holds ``path`` marked."""
    if actor is None:
        return
    open_to_them = [(entry, address(entry.url_name)) for entry in ENTRIES if actor.may(entry.act)]
    current = max((url for _entry, url in open_to_them if url and path.startswith(url)), key=len, default="")
    for entry, url in open_to_them:
        if url:
            yield Link(entry.label, entry.icon, url, url == current)


def address(url_name: str) -> str:
    """Return the address of a page, or nothing while no app serves it."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
