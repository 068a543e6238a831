"""Add a person to a clinic, making the clinic with the usual visit types when it is new: a deployment's first step."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.actors import machine
from accounts.choices import Role
from accounts.models import Clinic
from accounts.services import memberships
from common import phones
from common.tenancy import tenant
from scheduling.services.visit_types import set_up_defaults


class Command(BaseCommand):
    help = (
        "Gives a person a role at a clinic. With --zone, --phone and --urgent-phone the clinic is made when it is new."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clinic", required=True, help="the clinic's name")
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True, help="the person's full name")
        parser.add_argument("--role", choices=Role.values, required=True)
        for option in ("--zone", "--phone", "--urgent-phone", "--sender-name"):
            parser.add_argument(option, default="", help="of a new clinic")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        known = Clinic.objects.filter(name=options["clinic"]).first()
        clinic = known or self._new_clinic(options)
        actor = machine(clinic, "command:add_member")
        with tenant(clinic.pk, actor=actor.audit_name):
            if known is None:
                set_up_defaults(clinic=clinic)
            memberships.add(by=actor, email=options["email"], full_name=options["name"], role=options["role"])
        self.stdout.write(f"{options['name']} is {Role(options['role']).label} at {clinic.name}.")
        self.stdout.write("They choose a password with “Forgot your password?” on the sign-in page.")

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
