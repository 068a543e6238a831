"""Every page of settings in words of the clinic: what it is for, and how it stands. A new page is one more entry."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.actors import Actor
from accounts.permissions import Act
from pitclinic.setting_states import States

Words = str | Promise


@dataclass(frozen=True)
class State:
    words: str
    is_warning: bool = False


@dataclass(frozen=True)
class Setting:
    """``place``: where on its page it stands."""

    label: Words
    purpose: Words
    url_name: str
    act: Act
    state: Callable[[States], State | None] = lambda states: None
    place: str = ""

    @property
    def url(self) -> str:
        return reverse(self.url_name) + (f"#{self.place}" if self.place else "")


@dataclass(frozen=True)
class Shown:
    setting: Setting
    state: State | None


@dataclass(frozen=True)
class Group:
    label: Words
    settings: tuple[Setting, ...]


def _counted(name: str, one: str, many: str, none: Words = "", *, must_be: bool = False) -> Callable[[States], State]:
    """So many; with none of it, ``none``, which ``must_be`` makes a warning."""

    def state(states: States) -> State:
        count: int = getattr(states, name)
        if not count and none:
            return State(str(none), is_warning=must_be)
        return State(ngettext(one, many, count) % {"count": count})

    return state


def _versions(name: str) -> Callable[[States], State]:
    def state(states: States) -> State:
        count: int = getattr(states, name)
        return State(_("changed %(count)s×") % {"count": count} if count else _("not changed"))

    return state


def _types(states: States) -> State:
    if states.unheld:
        words = ngettext(
            "%(count)s needs a technique that nobody holds",
            "%(count)s need a technique that nobody holds",
            states.unheld,
        )
        return State(words % {"count": states.unheld}, is_warning=True)
    return _counted("visit_types", "%(count)s visit type", "%(count)s visit types", _("none yet"), must_be=True)(states)


_set, _plan, _stock, _own = Act.CHANGE_SETTINGS, Act.SET_UP_SCHEDULE, Act.MANAGE_STOCK, Act.OWN_ACCOUNT
t = gettext_lazy
_UP, _MORE = "scheduling:set_up", "scheduling:resources"
GROUPS = (
    Group(
        t("The clinic"),
        (
            Setting(
                t("Clinic details"),
                t("Name, country, address, phones, time zone and languages."),
                "accounts:settings",
                _set,
            ),
            Setting(
                t("Closures"),
                t("Days and hours when the whole clinic is closed."),
                _MORE,
                _plan,
                _counted("closures", "%(count)s to come", "%(count)s to come", t("none to come")),
                "closures",
            ),
            Setting(t("First steps"), t("From an empty clinic to the first visit."), "scheduling:guide", _plan),
        ),
    ),
    Group(
        t("People"),
        (
            Setting(
                t("People and roles"),
                t("Invite, change a role, switch off, hand over open work."),
                "accounts:people",
                _set,
                _counted("people", "%(count)s person", "%(count)s people"),
            ),
            Setting(
                t("On call"),
                t("Who is woken by an urgent report."),
                "reminders:on_call",
                Act.SEE_ON_CALL,
                _counted("on_call", "%(count)s person", "%(count)s people", t("nobody is on call"), must_be=True),
            ),
            Setting(
                t("Weekly hours"),
                t("When each clinician works."),
                _UP,
                _plan,
                _counted("working", "%(count)s clinician", "%(count)s clinicians", t("no hours yet"), must_be=True),
                "hours",
            ),
            Setting(
                t("Hours of one day"),
                t("A clinician works once outside the weekly hours."),
                _MORE,
                _plan,
                _counted("extra_hours", "%(count)s to come", "%(count)s to come", t("none to come")),
                "extra-hours",
            ),
            Setting(
                t("Leave"),
                t("When a clinician is away."),
                _UP,
                _plan,
                _counted("leaves", "%(count)s now or to come", "%(count)s now or to come", t("nobody is away")),
                "leave",
            ),
            Setting(
                t("Credentials"),
                t("Which techniques each clinician may do here."),
                _MORE,
                _plan,
                _counted("credentials", "%(count)s valid", "%(count)s valid", t("none")),
                "credentials",
            ),
            Setting(
                t("Daily limits and chaperones"),
                t("Most treatments a day, and who can chaperone."),
                _MORE,
                _plan,
                place="limits",
            ),
        ),
    ),
    Group(
        t("Visits"),
        (
            Setting(
                t("Visit types"), t("What is booked, how long, and what it needs."), _UP, _plan, _types, "visit-types"
            ),
            Setting(
                t("Rooms and chairs"),
                t("Where visits take place."),
                _UP,
                _plan,
                _counted("rooms", "%(count)s room", "%(count)s rooms", t("none: visits are booked without a room")),
                "rooms",
            ),
            Setting(
                t("Equipment"),
                t("What visits share, such as an ultrasound machine."),
                _MORE,
                _plan,
                _counted("equipment", "%(count)s in use", "%(count)s in use", t("none")),
                "equipment",
            ),
            Setting(
                t("Visits to move"),
                t("Touched by a closure, leave, a leaver, a new role, fewer hours, a closed room or a new time zone."),
                "scheduling:setting_changes",
                Act.BOOK_VISITS,
                _counted("changes", "%(count)s change", "%(count)s changes", t("none")),
            ),
            Setting(t("The desk’s board"), t("When a patient counts as late."), "scheduling:desk_rules", _plan),
            Setting(
                t("Tablets"),
                t("Where patients check in by themselves."),
                "scheduling:tablets",
                Act.BOOK_VISITS,
                _counted("tablets", "%(count)s in use", "%(count)s in use", t("none")),
            ),
        ),
    ),
    Group(
        t("Treatment and stock"),
        (
            Setting(
                t("Safety rules"),
                t("Limits, and what stops a session or asks for a reason."),
                "sessions:rules",
                _set,
                _versions("rules"),
            ),
            Setting(
                t("Safety rules in force"),
                t("Every rule as it stands, its history, and what waits for a clinician."),
                "sessions:rules_in_force",
                Act.SEE_RULES,
            ),
            Setting(
                t("Words of consent"),
                t("What every patient reads before signing."),
                "sessions:consent_wording",
                _set,
                _versions("wordings"),
            ),
            Setting(
                t("Products"),
                t("What the clinic buys."),
                "sessions:products",
                _stock,
                _counted("products", "%(count)s in use", "%(count)s in use", t("none yet")),
            ),
            Setting(
                t("Rules of the stock"),
                t("How long opened and mixed things may be used."),
                "sessions:stock_rules",
                _stock,
            ),
        ),
    ),
    Group(
        t("You"),
        (
            Setting(t("Sign-in and second step"), t("Your authenticator app and passkeys."), "mfa_index", _own),
            Setting(t("Password"), t("Change your own."), "account_change_password", _own),
            Setting(t("Where you are signed in"), t("Browsers you can sign out."), "usersessions_list", _own),
            Setting(
                t("Your calendar link"),
                t("Your visits in a calendar program."),
                "scheduling:calendar_link",
                Act.OWN_CALENDAR_LINK,
            ),
        ),
    ),
)


def groups_for(actor: Actor, states: States) -> Iterator[tuple[Group, list[Shown]]]:
    """What this person may open, with its state; a group without anything is left out."""
    for group in GROUPS:
        shown = [Shown(one, one.state(states)) for one in group.settings if actor.may(one.act)]
        if shown:
            yield group, shown
