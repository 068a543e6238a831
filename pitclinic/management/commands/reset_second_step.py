"""Whoever runs the server helps an admin whom no other admin can help: a lost second step, taken away with a reason."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.actors import machine
from accounts.models import Clinic, Membership
from accounts.services import memberships
from accounts.services.memberships import MemberRefusedError
from common.tenancy import tenant


class Command(BaseCommand):
    help = "Removes the second steps of a member, who sets up a new one at the next sign-in and is told by e-mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clinic", required=True, help="the clinic's name")
        parser.add_argument("--email", required=True)
        parser.add_argument("--reason", required=True, help="it stands in the audit trail")

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = Clinic.objects.filter(name=options["clinic"]).first()
        if clinic is None:
            raise CommandError(f"There is no clinic {options['clinic']}.")
        actor = machine(clinic, "command:reset_second_step")
        with tenant(clinic.pk, actor=actor.audit_name):
            member = Membership.objects.visible_to(actor).filter(user__email=options["email"].lower()).first()
            if member is None:
                raise CommandError(f"Nobody at {clinic.name} signs in with {options['email']}.")
            try:
                memberships.reset_second_factor(
                    by=actor, now=timezone.now(), membership_id=member.pk, reason=options["reason"]
                )
            except MemberRefusedError as refused:
                raise CommandError(str(refused)) from refused
        self.stdout.write(f"{member.user.full_name} sets up a new second step at the next sign-in.")
