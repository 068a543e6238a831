"""What was read from the catalogue, kept by this process until the catalogue changes.

The catalogue is reference data that `load_catalogue` alone writes; nothing of a clinic or a patient is ever kept so.
"""

from collections.abc import Callable
from typing import Generic, TypeVar
from uuid import UUID

from catalogue.models import CatalogueVersion

T = TypeVar("T")


class Kept(Generic[T]):
    """``make`` reads; ``get`` asks for the version, one short query, and reads again only when it is another one.

    What ``make`` gives is shared by all requests of the process: nobody may change it. It may read the rest later, when
    it is first asked for: who asks has just seen that the version is still the same.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._kept: tuple[UUID, T] | None = None

    def get(self) -> T:
        version = CatalogueVersion.objects.values_list("token", flat=True).first()
        if version is None:
            return self._make()
        kept = self._kept
        if kept is None or kept[0] != version:
            kept = self._kept = version, self._make()
        return kept[1]
