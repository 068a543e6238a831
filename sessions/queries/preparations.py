"""What is open and what is prepared: for the stock page, and for the tray of a session."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Prefetch, Q, Sum, Value
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from sessions import use_by
from sessions.choices import RecordStatus
from sessions.mixtures import Mix
from sessions.models import Container, InjectionPoint, InjectionSession, Preparation, PreparationPart, SolutionLot
from sessions.models.preparations import ContainerQuerySet
from sessions.queries.mixtures import mix_of
from sessions.queries.words import Words
from sessions.queries.words import words as read_words
from sessions.strength_words import strengths_in_words

_ZERO = Value(Decimal(0))
_STANDS = ~Q(points__injection_session__status=RecordStatus.VOIDED)
_PARTS = Prefetch(
    "parts",
    queryset=PreparationPart.objects.select_related("container__lot__solution", "container__lot__product").order_by(
        "-volume_ml", "id"
    ),
)


class _Catalogue:
    """The words of the catalogue, read once for all rows of a list, and only when one is shown."""

    @cached_property
    def words(self) -> Words:
        return read_words()


@dataclass(frozen=True)
class OnTray:
    """A preparation as a session sees it. ``shared``: its single-dose containers that served another patient.

    ``given_ml`` leaves out records struck out; ``is_named``: some record names it, struck out or not.
    """

    made: Preparation
    shared: frozenset[UUID] = frozenset()
    given_ml: Decimal = Decimal(0)
    is_named: bool = False
    catalogue: _Catalogue = field(default_factory=_Catalogue, compare=False)

    @property
    def id(self) -> UUID:
        return self.made.pk

    @cached_property
    def parts(self) -> list[PreparationPart]:
        return list(self.made.parts.all())

    @cached_property
    def lots(self) -> list[SolutionLot]:
        return list({part.container.lot_id: part.container.lot for part in self.parts}.values())

    @property
    def lot(self) -> SolutionLot | None:
        """The lot a point names: that of most of the volume."""
        return self.lots[0] if self.lots else None

    @cached_property
    def until(self) -> datetime:
        """Its beyond-use time, or the last minute of a lot whose use-by was shortened after it was made."""
        zone = ZoneInfo(self.made.clinic.zone)
        return min([self.made.beyond_use_at, *(use_by.last_minute(lot.expiry_date, zone) for lot in self.lots)])

    @property
    def awaits_check(self) -> bool:
        return self.made.needs_check and self.made.checked_at is None

    def mix(self, words: Words) -> Mix | None:
        """What it holds; None where nothing was drawn for it."""
        return mix_of(self.made, self.parts, words)

    @cached_property
    def holds(self) -> str:
        """In words: Dextrose 4.76 %, Lidocaine 0.0952 %."""
        mix = self.mix(self.catalogue.words)
        return strengths_in_words(mix.strengths) if mix else ""

    @property
    def holds_beside_name(self) -> str:
        """The same, unless its solution's name says just that."""
        return "" if self.holds.casefold() == self.made.solution.name.casefold() else self.holds

    @property
    def thrown_at(self) -> datetime | None:
        """When it was discarded, or the container that it is."""
        own = [self.made.discarded_at, *(part.container.discarded_at for part in self.parts if not self.made.is_mixed)]
        return min((at for at in own if at is not None), default=None)

    @property
    def left_ml(self) -> Decimal:
        """What is left by the points written down, never below nothing."""
        return max(self.made.volume_ml - self.given_ml, Decimal(0))

    @property
    def can_be_undone(self) -> bool:
        return not self.is_named and self.made.discarded_at is None

    @property
    def is_single_dose(self) -> bool:
        return any(part.container.is_single_dose for part in self.parts)

    def problem(self, *, started_at: datetime, day: date) -> str:
        """Which rule keeps a session of that time from choosing it, by the name the database gives it; "" for none."""
        made = self.made
        problems = {
            "sessions_use_one_patient": bool(self.shared),
            "sessions_lot_quarantined": any(lot.quarantined_at for lot in self.lots),
            "sessions_lot_expired": any(lot.expiry_date < day for lot in self.lots),
            "sessions_preparation_past_use": self.until < started_at,
            "sessions_preparation_discarded": made.discarded_at is not None and made.discarded_at <= started_at,
            "sessions_container_discarded": not made.is_mixed and self._is_thrown_away(started_at),
            "sessions_preparation_made_later": made.made_date > day,
            "sessions_preparation_empty": not self.parts,
            "sessions_preparation_unchecked": self.awaits_check,
        }
        return next((name for name, is_so in problems.items() if is_so), "")

    def _is_thrown_away(self, by: datetime) -> bool:
        thrown = [part.container.discarded_at for part in self.parts]
        return any(moment is not None and moment <= by for moment in thrown)

    @property
    def shared_names(self) -> list[str]:
        return [str(part.container) for part in self.parts if part.container_id in self.shared]


def containers(actor: Actor) -> ContainerQuerySet:
    """Containers with what was drawn from them and what is left, the last opened first."""
    own = Container.objects.visible_to(actor).select_related("lot__solution", "lot__product", "opened_by__user")
    drawn = own.annotate(drawn_ml=Coalesce(Sum("parts__volume_ml"), _ZERO))
    return drawn.annotate(left_ml=F("volume_ml") - F("drawn_ml")).order_by("-opened_at", "-id")


def opened(actor: Actor) -> ContainerQuerySet:
    """Every container that is open and not yet thrown away, whatever its age."""
    return containers(actor).filter(discarded_at__isnull=True)


def open_or_of_day(actor: Actor, *, since: datetime) -> ContainerQuerySet:
    """What is open, and what was thrown away since then: it may be taken back."""
    own = containers(actor)
    return own.filter(discarded_at__isnull=True) | own.filter(discarded_at__gte=since)


def drawable(actor: Actor, *, now: datetime, day: date) -> ContainerQuerySet:
    """Containers something may be drawn from now."""
    return opened(actor).in_use_at(now).filter(volume_ml__gt=F("drawn_ml"), lot__expiry_date__gte=day)


def of_day(actor: Actor, *, day: date, now: datetime) -> list[OnTray]:
    """The preparations made on that day and those still in use, the newest first. One that ended with a lot whose
    use-by was shortened stays in sight until its own time, to be thrown away."""
    own = Preparation.objects.visible_to(actor).filter(made_date__lte=day)
    rows = own.filter(made_date=day) | own.filter(beyond_use_at__gte=now, discarded_at__isnull=True)
    return on_tray(actor.clinic_id, [row.pk for row in rows.order_by()])


def for_session(
    clinic_id: UUID, *, patient_id: UUID, started_at: datetime, day: date, keep: Iterable[UUID] = ()
) -> list[OnTray]:
    """What a session of that time may find on its tray, and what it already names (``keep``)."""
    own = Preparation.objects.filter(clinic_id=clinic_id, made_date__lte=day, beyond_use_at__gte=started_at)
    fresh = own.exclude(discarded_at__lte=started_at).values_list("pk", flat=True)
    return on_tray(clinic_id, {*fresh, *keep}, patient_id=patient_id)


def on_tray(clinic_id: UUID, ids: Iterable[UUID], *, patient_id: UUID | None = None) -> list[OnTray]:
    """These preparations with what they were made from, the newest first; three queries, none when there are no ids."""
    wanted = list(ids)
    if not wanted:
        return []
    rows = Preparation.objects.filter(clinic_id=clinic_id, pk__in=wanted)
    rows = (
        rows.select_related("clinic", "solution", "made_by__user", "checked_by__user")
        .annotate(
            given_ml=Coalesce(Sum("points__volume_ml", filter=_STANDS), _ZERO),
            is_named=Exists(InjectionSession.objects.filter(preparation=OuterRef("pk")))
            | Exists(InjectionPoint.objects.filter(preparation=OuterRef("pk"))),
        )
        .prefetch_related(_PARTS)
    )
    served = Container.objects.filter(clinic_id=clinic_id, parts__preparation__in=wanted, is_single_dose=True)
    served = served.filter(uses__isnull=False)
    if patient_id is not None:
        served = served.exclude(uses__patient_id=patient_id)
    shared = frozenset(served.values_list("pk", flat=True))
    found, catalogue = [], _Catalogue()
    for row in rows.order_by("-made_at", "-id"):
        own = {part.container_id for part in row.parts.all()}
        found.append(OnTray(row, shared & own, row.given_ml, row.is_named, catalogue))
    return found
