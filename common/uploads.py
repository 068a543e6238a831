"""Uploads that are too large are refused while they arrive, before they fill memory or disk."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler
from django.urls import Resolver404, resolve

# What a form may carry beside its file.
ROOM_FOR_FIELDS = 1_048_576


class SizeLimitHandler(FileUploadHandler):
    """Raise ``RequestDataTooBig`` (a 413 page) by the announced length, beyond which Django reads nothing."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803 - the parser names it
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        if content_length > self._limit() + ROOM_FOR_FIELDS:
            raise RequestDataTooBig("The upload is larger than this address takes.")

    def _limit(self) -> int:
        """What the address asked for takes: its own limit, else that of an import."""
        try:
            name = resolve(self.request.path_info).view_name if self.request else ""
        except Resolver404:
            name = ""
        return settings.UPLOAD_MAX_BYTES.get(name, settings.IMPORT_MAX_BYTES)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
