"""What must hold before a process serves anybody: a harmless database role and standing walls."""

import sys

from django.conf import settings
from django.db import Error, connection

from pitclinic.checks import LOOPBACK, factor_key_problems
from pitclinic.logs import configure
from pitclinic.rules.verify import role_problems, wall_problems


class UnsafeToStart(SystemExit):
    """Raised at boot with one readable line for each problem."""


def check_boot() -> None:
    """Configure logging, then refuse to go on (``UnsafeToStart``) when a wall is missing."""
    configure()
    problems = factor_key_problems()
    if settings.DEMO_MODE and not set(settings.ALLOWED_HOSTS) <= LOOPBACK:
        problems.append("Demo mode signs anybody in; it runs on a loopback address only.")
    try:
        problems += role_problems() + wall_problems()
    except Error as error:
        problems.append(f"The database does not answer ({type(error).__name__}).")
    finally:
        connection.close()
    if problems:
        sys.stderr.write("".join(f"refusing to start: {problem}\n" for problem in problems))
        raise UnsafeToStart(1)
