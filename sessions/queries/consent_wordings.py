"""The words of consent in force at a clinic: its own newest version, else the product's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise

from accounts.actors import Actor
from sessions import consent_wordings as product
from sessions.models import ConsentWording


@dataclass(frozen=True)
class Wording:
    """``row_id`` is None for the product's own text."""

    version: str
    lines: Sequence[Promise | str]
    risk_lines: Mapping[str, Promise | str]
    row_id: UUID | None = None


def latest_wording(actor: Actor) -> ConsentWording | None:
    """The clinic's own newest version; None while the product's text is in force."""
    return ConsentWording.objects.visible_to(actor).order_by("-made_at", "-id").first()


def wording_of(clinic_id: UUID) -> Wording:
    row = ConsentWording.objects.filter(clinic_id=clinic_id).order_by("-made_at", "-id").first()
    return _own(row) if row else _product(product.CURRENT_VERSION)


def wording_of_version(clinic_id: UUID, version: str) -> Wording | None:
    """The text of a version, the clinic's or the product's; None for one that never was."""
    row = ConsentWording.objects.filter(clinic_id=clinic_id, version=version).first()
    if row:
        return _own(row)
    return _product(version) if version in product.WORDINGS else None


def wording_history(actor: Actor) -> list[ConsentWording]:
    """The clinic's own versions, the newest first."""
    return list(ConsentWording.objects.visible_to(actor).select_related("made_by__user").order_by("-made_at", "-id"))


def _own(row: ConsentWording) -> Wording:
    return Wording(row.version, row.lines, row.risk_lines, row.pk)


def _product(version: str) -> Wording:
    return Wording(version, product.WORDINGS[version], product.RISK_LINES)
