"""Django's migrate, then the database's own walls and the cache table."""

from typing import Any

from django.core.management import call_command
from django.core.management.commands.migrate import Command as DjangoMigrate

from pitclinic.rules.apply import apply_rules


class Command(DjangoMigrate):
    help = "Migrates the database and puts up its walls: isolation, privileges, relations, audit."

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options["plan"] or options["check_unapplied"]:
            return
        call_command("createcachetable", database=options["database"], verbosity=0)
        apply_rules(options["database"])
