"""Log lines as JSON with the request's id, and without what identifies a patient."""

import logging
import re

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


def scrub_values(logger: object, name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Scrub every value of a structured event, the request's path above all."""
    return {key: scrub(value) if isinstance(value, str) and key not in _KEPT else value for key, value in event.items()}


class ScrubFilter(logging.Filter):
    """The last line of defence: code does not log such things in the first place."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, str):
            record.msg = scrub(record.getMessage())
            record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = scrub(logging.Formatter().formatException(record.exc_info))
        return True


def json_formatter() -> logging.Formatter:
    """A formatter that turns both structlog's and the standard library's records into one JSON line."""
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
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
