"""Invite a person to a clinic, making the clinic with the usual visit types when it is new: the first step."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor, machine
from accounts.choices import Role
from accounts.models import Clinic, Invitation, Membership
from accounts.services import invitations, memberships
from accounts.services.memberships import MemberRefusedError
from common import phones
from common.tenancy import tenant
from scheduling.services.visit_types import set_up_defaults


class Command(BaseCommand):
    help = (
        "Invites a person to a clinic by e-mail. With --zone, --phone and --urgent-phone the clinic is made when it is"
        " new. At a terminal the link is shown as well: the first admin of a new server may have no mail yet."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clinic", required=True, help="the clinic's name")
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True, help="the person's full name")
        parser.add_argument("--role", choices=Role.values, required=True)
        for option in ("--zone", "--phone", "--urgent-phone", "--sender-name"):
            parser.add_argument(option, default="", help="of a new clinic")
        parser.add_argument(
            "--show-link", action="store_true", help="show the link also where the output is no terminal"
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
        except ValidationError as error:
            raise CommandError(f"{options['email']} is no e-mail address.") from error
        known = Clinic.objects.filter(name=options["clinic"]).first()
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
                memberships.bring_back(by=actor, membership_id=member.pk)
            memberships.change_role(by=actor, membership_id=member.pk, role=role)
        except MemberRefusedError as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(
            f"{member.user.full_name} is {Role(role).label} at {actor.clinic.name}, and signs in as before."
        )

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
        numbers = {}
        for name in ("phone", "urgent_phone"):
            try:
                numbers[name] = phones.read_alone(options[name], region=None) if options[name] else None
            except ValidationError as error:
                option = name.replace("_", "-")
                words = (
                    f"There is no clinic {options['clinic']} yet, and a new one needs --{option}: {error.messages[0]}"
                )
                raise CommandError(words) from error
        clinic = Clinic(
            name=options["clinic"],
            sender_name=options["sender_name"] or options["clinic"],
            zone=options["zone"],
            **numbers,
        )
        try:
            clinic.full_clean()
        except ValidationError as error:
            raise CommandError(
                f"There is no clinic {clinic.name} yet, and a new one needs: {error.message_dict}"
            ) from error
        clinic.save()
        return clinic
