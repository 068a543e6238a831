"""The audit trail as people read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.apps import apps
from django.utils.translation import gettext as _

from accounts.models import ClinicLogo, User
from audit.models import AuditEvent


@dataclass(frozen=True)
class Line:
    """One event with its actor's name instead of a number."""

    event: AuditEvent
    actor_name: str

    @property
    def record_name(self) -> str:
        """The kind of record in plain words, e.g. “injection point”."""
        return _record_names().get(self.event.table_name, self.event.table_name)


def with_names(events: Iterable[AuditEvent]) -> list[Line]:
    """Put names to ``user:<uuid>``; the machine's and patients' words are spelt out."""
    listed = list(events)
    ids = {event.actor.removeprefix("user:") for event in listed if event.actor.startswith("user:")}
    names = {str(pk): name for pk, name in User.objects.filter(pk__in=ids).values_list("pk", "full_name")}
    return [Line(event=event, actor_name=_named(event, names)) for event in listed]


@cache
def _record_names() -> dict[str, str]:
    return {model._meta.db_table: str(model._meta.verbose_name) for model in apps.get_models()}


def _named(event: AuditEvent, names: dict[str, str]) -> str:
    """Who acted. A sign-in that was refused may have been anybody's who knows the address."""
    name = _actor_name(event.actor, names)
    if event.kind in (AuditEvent.Kind.SIGN_IN_FAILED, AuditEvent.Kind.LOCKED_OUT):
        return _("somebody with the address of %(name)s") % {"name": name}
    return name


def _actor_name(actor: str, names: dict[str, str]) -> str:
    kind, _colon, rest = actor.partition(":")
    if kind == "user":
        return names.get(rest, _("a former member"))
    if kind == "patient":
        return _("the patient")
    if kind == "elsewhere":
        return _("an admin of another clinic")
    return _("the system (%(what)s)") % {"what": _part_of_the_system(rest or kind)}


def _part_of_the_system(task: str) -> str:
    """The name of its part ("reminders.sweep": the reminders); a command says its own name."""
    label, _dot, name = task.partition(".")
    return str(apps.get_app_config(label).verbose_name) if name and apps.is_installed(label) else task


def logo_of(clinic_id: UUID) -> bytes:
    """The PNG for the clinic's letterhead; empty where it has none."""
    image = ClinicLogo.objects.filter(clinic_id=clinic_id).values_list("image", flat=True).first()
    return bytes(image or b"")
