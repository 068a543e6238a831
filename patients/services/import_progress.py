"""How far an import is, written beside its transaction by a thread with a connection of its own."""

import threading
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Self
from uuid import UUID

from django.db import DatabaseError, connection

from accounts.actors import Actor
from common.tenancy import tenant
from patients.models import ImportProgress

EVERY_SECONDS = 1.0


class Progress:
    """``at(n)`` is called for every row and costs nothing; once a second the thread writes it down."""

    def __init__(self, by: Actor, job_id: UUID, clock: Callable[[], datetime]) -> None:
        self._by = by
        self._job_id = job_id
        self._clock = clock
        self._done = 0
        self.total = 0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._write_now_and_then, daemon=True)

    def at(self, row: int) -> None:
        self._done = row

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Write no more; waits for the thread, so that nothing of it outlives the job."""
        self._is_over.set()
        self._thread.join()

    def _write_now_and_then(self) -> None:
        try:
            while not self._is_over.wait(EVERY_SECONDS):
                self._write()
        finally:
            connection.close()

    def _write(self) -> None:
        try:
            with tenant(self._by.clinic_id, actor=self._by.audit_name):
                rows = ImportProgress.objects.visible_to(self._by).filter(patient_import_id=self._job_id)
                rows.update(rows_done=self._done, rows_total=max(self.total, self._done), alive_at=self._clock())
        except DatabaseError:
            connection.close()  # the next second has another connection
