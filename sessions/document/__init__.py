"""The signed document: what a record says, read from the JSON that was signed (docs/adr/0031). No rows here.

Record page, paper, conflict page and whatever leaves the clinic read this, never the tables. ``READERS`` holds one
reader for each version of the document, as ``sessions/sql/signed_documents.sql`` holds its builder.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sessions.document import version_1
from sessions.document.records import Record

Json = Mapping[str, Any]
READERS: dict[str, Callable[[Json], Record]] = {"1": version_1.read}


class UnknownVersionError(Exception):
    """The record was signed by a newer program: this one cannot read it, which says nothing against it."""

    def __init__(self, version: str) -> None:
        super().__init__(version)
        self.version = version


def read(content: str) -> Record:
    """Raises ``UnknownVersionError`` for a document of a version without a reader."""
    stored = json.loads(content)
    version = str(stored.get("version", ""))
    if version not in READERS:
        raise UnknownVersionError(version)
    return READERS[version](stored)
