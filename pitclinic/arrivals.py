"""A request as its bytes arrive, before anybody works on it. No socket and no clock here: both belong to the worker."""

from http import HTTPStatus
from tempfile import SpooledTemporaryFile

# From the connection to the end of the headers; then for the body, and longer the more of it has come.
PATIENCE_SECONDS = 10.0
SLOWEST_BYTES_PER_SECOND = 16 * 1024
MOST_HEAD_BYTES = 64 * 1024
MOST_BODY_BYTES = 80_000_000  # as deploy/Caddyfile lets through
BYTES_IN_MEMORY = 256 * 1024
_END_OF_HEAD = b"\r\n\r\n"


class Arrival:
    """What has come of one request. ``began`` and ``now`` are seconds of one clock that never goes back."""

    def __init__(self, *, began: float) -> None:
        self.file = SpooledTemporaryFile(max_size=BYTES_IN_MEMORY)  # noqa: SIM115 - closed with its connection
        self.received = 0
        self.refusal: HTTPStatus | None = None
        self.awaits_go_ahead = False
        self.began = began
        self._head = bytearray()
        self._whole: int | None = None  # its bytes, once the head has said how many

    @property
    def is_whole(self) -> bool:
        return self._whole is not None and self.received >= self._whole

    @property
    def deadline(self) -> float:
        if self._whole is None:
            return self.began + PATIENCE_SECONDS
        return self.began + PATIENCE_SECONDS + self.received / SLOWEST_BYTES_PER_SECOND

    def take(self, data: bytes, *, now: float) -> None:
        """Raises ``OSError`` when there is no room for it."""
        self.file.write(data)
        self.received += len(data)
        if self._whole is None:
            self._look_for_end_of_head(data, now)

    def _look_for_end_of_head(self, data: bytes, now: float) -> None:
        searched = max(0, len(self._head) - len(_END_OF_HEAD) + 1)
        self._head += data
        end = self._head.find(_END_OF_HEAD, searched)
        if end < 0:
            if len(self._head) > MOST_HEAD_BYTES:
                self.refusal = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            return
        length = self._read_head(bytes(self._head[:end]))
        self._whole = end + len(_END_OF_HEAD) + length
        self.began = now
        self._head.clear()

    def _read_head(self, head: bytes) -> int:
        """How long the body will be. A head that makes no sense has none: the server's own parser refuses it."""
        fields = [line.partition(b":") for line in head.lower().split(b"\r\n")[1:]]
        values = [(name.strip(), value.strip()) for name, _colon, value in fields]
        if any(name == b"transfer-encoding" for name, _value in values):
            self.refusal = HTTPStatus.LENGTH_REQUIRED  # Django reads no body of unknown length
        lengths = [value for name, value in values if name == b"content-length"]
        length = int(lengths[0]) if len(lengths) == 1 and lengths[0].isdigit() and len(lengths[0]) < 20 else 0
        if length > MOST_BODY_BYTES:
            self.refusal = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        self.awaits_go_ahead = length > 0 and (b"expect", b"100-continue") in values
        return length
