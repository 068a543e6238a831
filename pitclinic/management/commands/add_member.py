"""Invite a person to a clinic, making the clinic with the usual visit types when it is new: the first step."""

import unicodedata
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor, machine
from accounts.choices import Role
from accounts.forms import UNUSUAL, ClinicForm
from accounts.models import Clinic, Invitation, Membership
from accounts.services import invitations
from accounts.services.memberships import MemberRefusedError
from common import countries, spoken_languages
from common.spoken_languages import language_name
from common.tenancy import tenant
from scheduling.services.visit_types import set_up_defaults
from sessions.services import leavers

_OF_A_CLINIC = {
    "--country": "two letters, like DE or US",
    "--zone": "its time zone, where the country has several",
    "--language": "the clinic's own, else the country's",
    "--phone": "with + or as it is dialled in the country",
    "--urgent-phone": "the one for urgent problems",
    "--emergency-number": "where it is not known from the country",
    "--sender-name": "what patients see as the sender, else its name",
}
_OPTIONS = {
    "name": "--clinic",
    "locale": "--language",
    "languages": "--speaks",
}


class Command(BaseCommand):
    help = (
        "Invites a person to a clinic by e-mail. With --country, --address, --phone and --urgent-phone a new clinic is"
        " made; its country tells the emergency number, the language and, where it has only one, the time zone."
        " At a terminal the link is shown as well: the first admin of a new server may have no mail yet."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clinic", required=True, help="the clinic's name")
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True, help="the person's full name")
        parser.add_argument("--role", choices=Role.values, required=True)
        for option, words in _OF_A_CLINIC.items():
            parser.add_argument(option, default="", help=f"of a new clinic: {words}")
        parser.add_argument(
            "--address", action="append", default=[], help="of a new clinic: a line of it, once for each"
        )
        parser.add_argument(
            "--speaks", action="append", default=[], help="of a new clinic: a language beside its own, once for each"
        )
        parser.add_argument(
            "--unusual", action="store_true", help="keep a number or time zone that is not the country's"
        )
        parser.add_argument(
            "--show-link", action="store_true", help="show the link also where the output is no terminal"
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
        except ValidationError as error:
            raise CommandError(f"{options['email']} is no e-mail address.") from error
        known = _clinic(options["clinic"])
        clinic = known or self._new_clinic(options)
        actor = machine(clinic, "command:add_member")
        with tenant(clinic.pk, actor=actor.audit_name):
            if known is None:
                set_up_defaults(clinic=clinic)
            member = Membership.objects.visible_to(actor).filter(user__email=options["email"].lower()).first()
            if member is not None:
                self._change(actor, member, options["role"])
            else:
                self._tell(self._invite(actor, options), clinic, show_link=options["show_link"])

    def _change(self, actor: Actor, member: Membership, role: str) -> None:
        """Somebody who is a member already gets the new role and becomes active again."""
        try:
            if not member.is_active:
                leavers.bring_back(by=actor, now=timezone.now(), member=member)
            change = leavers.change_role(by=actor, now=timezone.now(), member=member, role=role)
        except MemberRefusedError as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(
            f"{member.user.full_name} is {Role(role).label} at {actor.clinic.name}, and signs in as before."
        )
        if change.noted:
            self.stdout.write("What the new role may not do belongs to nobody now, and stands on the worklists.")
            self.stdout.write(f"Visits to move: {len(change.noted.visits)}.")

    def _invite(self, actor: Actor, options: dict[str, Any]) -> Invitation:
        now = timezone.now()
        waiting = Invitation.objects.visible_to(actor).open().to(options["email"]).first()
        if waiting is not None:
            return invitations.send_again(by=actor, now=now, invitation_id=waiting.pk, role=options["role"])
        return invitations.invite(
            by=actor, now=now, email=options["email"], full_name=options["name"], role=options["role"]
        )

    def _tell(self, invitation: Invitation, clinic: Clinic, *, show_link: bool) -> None:
        role = Role(invitation.role).label
        self.stdout.write(f"{invitation.full_name} is invited to {clinic.name} as {role}.")
        self.stdout.write("The invitation leaves by e-mail within a minute, and its link works for seven days.")
        if show_link or self.stdout.isatty():
            key = invitations.key_of(invitation, clinic=clinic)
            self.stdout.write(
                "The same link, for the case that no mail leaves yet. Whoever opens it becomes this person:"
            )
            self.stdout.write(settings.PUBLIC_ORIGIN + reverse("accounts:invitation", args=[key]))

    def _new_clinic(self, options: dict[str, Any]) -> Clinic:
        """By the rules of the settings page; what the country tells need not be said."""
        form = ClinicForm(_details(options), instance=Clinic())
        if not form.is_valid():
            lines = [f"There is no clinic {options['clinic']} yet, and a new one needs:"]
            lines += [f"{_option(name)}: {_what_is_wrong(form, name, options)}" for name in form.errors]
            raise CommandError("\n".join(lines))
        clinic: Clinic = form.save()
        self.stdout.write(
            f"{clinic.name} is made: {countries.name_of(clinic.country)}, {clinic.zone},"
            f" emergency number {clinic.emergency_number}, language {language_name(clinic.locale)}."
        )
        return clinic


def _clinic(name: str) -> Clinic | None:
    """The clinic of this name; a name that differs by blanks or capitals only is asked about, and makes no new one."""
    known = Clinic.objects.filter(name=name).first()
    if known is None:
        alike = [one.name for one in Clinic.objects.order_by("name") if _folded(one.name) == _folded(name)]
        if alike:
            raise CommandError(f"There is no clinic “{name}”. Did you mean {' or '.join(alike)}?")
    return known


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _details(options: dict[str, Any]) -> QueryDict:
    """What was said, as the page would send it."""
    country = options["country"].upper()
    zones, languages = countries.zones_of(country), countries.languages_of(country)
    said: dict[str, list[str]] = {
        "name": [options["clinic"]],
        "sender_name": [options["sender_name"] or options["clinic"]],
        "country": [country],
        "address": ["\n".join(options["address"])],
        "zone": [options["zone"] or (zones[0] if len(zones) == 1 else "")],
        "locale": [options["language"] or next(iter(languages), "en")],
        "languages": options["speaks"] or list(languages),
        "emergency_number": [options["emergency_number"] or countries.emergency_number_of(country)],
        "phone": [options["phone"]],
        "urgent_phone": [options["urgent_phone"]],
    }
    if options["unusual"]:
        said |= {"keeps_number": ["on"], "keeps_zone": ["on"]}
    data = QueryDict(mutable=True)
    for name, values in said.items():
        data.setlist(name, values)
    return data


def _option(field: str) -> str:
    return _OPTIONS.get(field) or f"--{field.replace('_', '-')}"


def _what_is_wrong(form: ClinicForm, field: str, options: dict[str, Any]) -> str:
    said = [_sentence(field, error) for error in form.errors[field].as_data()]
    return " ".join(said) + _which(field, options)


def _sentence(field: str, error: ValidationError) -> str:
    """At a terminal there is no box to tick."""
    if error.code != UNUSUAL or not error.params:
        return " ".join(error.messages)
    if field == "emergency_number":
        words = (
            "%(country)s: an ambulance is called at %(usual)s. Leave --emergency-number out,"
            " or keep %(number)s with --unusual."
        )
    else:
        words = "%(country)s: %(zone)s is not a time zone there. Choose one of its own, or keep it with --unusual."
    return words % error.params


def _which(field: str, options: dict[str, Any]) -> str:
    """What to choose from."""
    if field == "country":
        meant = ", ".join(f"{code} for {name}" for code, name in countries.like(options["country"]))
        return (
            f" Is it {meant}?" if meant else " Write its two letters, like DE for Germany or US for the United States."
        )
    lists = {
        "zone": countries.zones_of(options["country"].upper()),
        "locale": spoken_languages.CODES,
        "languages": spoken_languages.CODES,
    }
    return f" One of {', '.join(lists[field])}" if lists.get(field) else ""
