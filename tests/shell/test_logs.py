"""An exception is logged by its type and frames, never by what it says: that may be a patient's name."""

import json
import logging
from collections.abc import Callable

import pytest
import structlog
from django.db import IntegrityError

from accounts.models import User
from pitclinic.logs import ScrubFilter, configure, json_formatter
from tests.factories.accounts import UserFactory

NAME = "Annabel Loggenberg"


def logged(say: Callable[[], None], logger: str = "pitclinic.test") -> str:
    """What stands in the log as one line of JSON."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler, target = Kept(), logging.getLogger(logger)
    # Whatever a test before this one left of levels and switches.
    logging.disable(logging.NOTSET)
    target.disabled = False
    target.setLevel(logging.DEBUG)
    handler.setFormatter(json_formatter())
    handler.addFilter(ScrubFilter())
    target.addHandler(handler)
    try:
        say()
    finally:
        target.removeHandler(handler)
        target.setLevel(logging.NOTSET)
    (line,) = lines
    return line


def _fail() -> None:
    patient = NAME
    try:
        raise ValueError(f"no visit of {patient}")
    except ValueError as error:
        raise LookupError(patient) from error


def _with_logging() -> None:
    try:
        _fail()
    except LookupError as error:
        logging.getLogger("pitclinic.test").exception("a letter of %s failed", error)


def _with_structlog() -> None:
    configure()
    log = structlog.wrap_logger(
        None,
        processors=structlog.get_config()["processors"],
        logger_factory_args=("pitclinic.test",),
        wrapper_class=structlog.make_filtering_bound_logger(logging.NOTSET),
    )
    try:
        _fail()
    except LookupError as error:
        log.exception("request_failed", code=500, error=str(error))


def _as_celery_says_it() -> None:
    try:
        _fail()
    except LookupError as error:
        said = {"name": "a.task", "id": "1", "exc": repr(error), "traceback": f"… {NAME} …"}
        logging.getLogger("pitclinic.test").exception("Task %(name)s[%(id)s] raised: %(exc)s\n%(traceback)s", said)


@pytest.mark.parametrize("say", [_with_logging, _with_structlog, _as_celery_says_it])
def test_an_exception_is_told_by_its_type_and_frames(say: Callable[[], None]) -> None:
    line = logged(say)

    assert not any(word in line for word in ("Annabel", "Loggenberg", "traceback object"))
    told = json.loads(line)["exception"].splitlines()
    assert {"LookupError", "ValueError"} <= set(told)
    assert any(one.strip().startswith("tests/shell/test_logs.py:") and one.endswith(":_fail") for one in told)


@pytest.mark.django_db
def test_of_a_row_the_database_refused_the_constraint_alone_is_told() -> None:
    UserFactory(email="loggenberg@example.org", full_name=NAME)

    def say() -> None:
        try:
            User.objects.create_user("loggenberg@example.org", full_name=NAME)
        except IntegrityError:
            logging.getLogger("pitclinic.test").exception("not saved")

    line = logged(say)

    assert "loggenberg" not in line.lower()
    assert "IntegrityError" in line
    assert "UniqueViolation [" in line
