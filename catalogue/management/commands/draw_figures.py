"""Draw the figures of the nerve map and write their anchors; running it again changes nothing.

The lines are in ``catalogue/figures``. Change a drawing that has been used in a clinic only under a new version.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from catalogue.figures.files import files


class Command(BaseCommand):
    help = "Draw the figures of the nerve map and write the files of their anchors."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        root = Path(settings.BASE_DIR)
        for name, content in files():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(content, encoding="utf-8")
            self.stdout.write(f"{name}  {len(content)} bytes")
