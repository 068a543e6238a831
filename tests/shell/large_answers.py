"""What tests/shell/test_slow_readers.py lets gunicorn serve: a large answer, and a small one beside it."""

from collections.abc import Callable, Iterable
from typing import Any

from pitclinic import web_worker

LARGE = b"".join(number.to_bytes(4, "big") for number in range(4_000_000))
web_worker.READER_SECONDS = 6.0
web_worker.SLOWEST_BYTES_PER_SECOND = 1 << 40


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = LARGE if environ["PATH_INFO"] == "/large" else b"small"
    start_response("200 OK", [("Content-Length", str(len(body))), ("Content-Type", "application/octet-stream")])
    return [body[at : at + 1_000_000] for at in range(0, len(body), 1_000_000)]
