"""Move all second factors to the present PITCLINIC_FACTOR_KEY; the keys before it can be thrown away afterwards."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.adapters import factor_box
from accounts.services import second_factors


class Command(BaseCommand):
    help = (
        "Encrypts every second factor anew under the first key of PITCLINIC_FACTOR_KEY. Run it after a new key is in"
        " place and the old one stands in PITCLINIC_FACTOR_KEY_FALLBACKS; may be run again at any time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        rotated = second_factors.rotate(box=factor_box())
        self.stdout.write(f"Second factors encrypted under the present key: {rotated.moved}.")
        if rotated.unreadable:
            raise CommandError(
                f"No key opens {rotated.unreadable} of them; keep the older keys as fallbacks. Whoever they belong to"
                " needs a new factor."
            )
        self.stdout.write("No fallback is needed for second factors any more.")
