"""Log lines as JSON with the request's id, and without what identifies a patient."""

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog

# Contacts, tokens and database DETAIL lines (which print the colliding row) never reach a log.
_SCRUBBED = (
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"(?<![\w-])\+?\d[\d ()/.-]{7,}\d(?![\w-])"), "[number]"),
    (re.compile(r"/p/[A-Za-z0-9_~-]+"), "/p/[link]"),
    (re.compile(r"/invitation/[A-Za-z0-9_~-]+"), "/invitation/[link]"),
    (re.compile(r"/feeds/[A-Za-z0-9_~-]+"), "/feeds/[link]"),
    (re.compile(r"DETAIL:.*", re.DOTALL), "DETAIL: [left out]"),
)


def scrub(text: str) -> str:
    """Return the text without e-mail addresses, phone-like numbers, secret links and database details."""
    for pattern, replacement in _SCRUBBED:
        text = pattern.sub(replacement, text)
    return text


# Our own words, which only look like numbers.
_KEPT = frozenset({"timestamp", "request_id", "user_id", "ip", "level", "logger"})


_ROOT = f"{Path(__file__).resolve().parents[1]}/"
_MOST_ERRORS, _MOST_FRAMES = 8, 40
_OF_A_PACKAGE = re.compile(r"^.*?/(?:site-packages|lib/python[\d.]+)/")


def told(error: BaseException) -> str:
    """An exception by its type and frames, and what led to it. Never its text, which may hold what somebody typed or,
    of the database, the row; nor the source lines and local variables. Of a broken constraint the name.
    """
    return "\n".join(line for one in _with_causes(error) for line in _lines(one))


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting and len(seen) < _MOST_ERRORS:
        one = waiting.pop(0)
        if one is None or one in seen:
            continue
        seen.append(one)
        waiting += one.exceptions if isinstance(one, BaseExceptionGroup) else ()
        waiting.append(one.__cause__ or (None if one.__suppress_context__ else one.__context__))
    return iter(seen)


def _lines(error: BaseException) -> Iterator[str]:
    constraint = getattr(getattr(error, "diag", None), "constraint_name", None)
    yield _name(error) + (f" [{constraint}]" if constraint else "")
    frames = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False)
    for frame in frames[-_MOST_FRAMES:]:
        yield f"  {_OF_A_PACKAGE.sub('', frame.filename.removeprefix(_ROOT))}:{frame.lineno}:{frame.name}"


def _name(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")


def _error_of(info: Any) -> BaseException | None:
    """Whatever a logger calls ``exc_info``."""
    if info is True:
        return sys.exc_info()[1]
    if isinstance(info, tuple):
        return info[1] if len(info) > 1 else None
    return info if isinstance(info, BaseException) else None


def told_exception(logger: object, name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Put the exception's type and frames in the place of the exception."""
    said = event.pop("exception", None)
    error = _error_of(event.pop("exc_info", None)) or _error_of(said)
    if error is None:
        return event if said is None else {**event, "exception": said}
    event.pop("error", None)  # its text once more
    return {**event, "exception": told(error)}


def scrub_values(logger: object, name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Scrub every value of a structured event, the request's path above all."""
    return {key: value if key in _KEPT else _scrubbed(value) for key, value in event.items()}


def _scrubbed(value: Any) -> Any:
    if isinstance(value, BaseException):
        return _name(value)
    return scrub(value) if isinstance(value, str) else value


class ScrubFilter(logging.Filter):
    """The last line of defence: code does not log such things in the first place."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, str):
            record.args = _args(record)
            record.msg = scrub(record.getMessage())
            record.args = None
        error = _error_of(record.exc_info)
        if error is not None:
            record.exc_text = told(error)
        return True


def _args(record: logging.LogRecord) -> Any:
    """What is put into the message: of an exception its type alone. Celery hands it over as text, under two names."""
    if isinstance(record.args, dict):
        error = _error_of(record.exc_info)
        own = {"exc": _name(error) if error else "[left out]", "traceback": ""} if "exc" in record.args else {}
        return {key: _plain(value) for key, value in (record.args | own).items()}
    return tuple(map(_plain, record.args)) if isinstance(record.args, tuple) else record.args


def _plain(value: object) -> object:
    return _name(value) if isinstance(value, BaseException) else value


def json_formatter() -> logging.Formatter:
    """A formatter that turns both structlog's and the standard library's records into one JSON line."""
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            told_exception,
            scrub_values,
            structlog.processors.JSONRenderer(),
        ],
        foreign_pre_chain=_SHARED,
    )


_SHARED: list[structlog.types.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure() -> None:
    """Point structlog at the standard library's handlers."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
