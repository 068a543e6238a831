"""What an admin is told of the backups."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.choices import BackupAct
from accounts.models import BackupReport

# A daily backup that is two hours late; the log of changes comes every minute.
BACKUP_LATE = timedelta(hours=26)
ARCHIVE_LATE = timedelta(minutes=15)
DRILL_LATE = timedelta(days=31)


@dataclass(frozen=True)
class BackupState:
    """When each was last done, and which of them is missing, late or has failed since."""

    backup_at: datetime | None
    archive_at: datetime | None
    drill_at: datetime | None
    late: frozenset[str]
    failed: frozenset[str]

    @property
    def needs_somebody(self) -> bool:
        return bool(self.late or self.failed)


def backup_state(*, now: datetime) -> BackupState:
    reports = {report.act: report for report in BackupReport.objects.all()}
    done = {act: reports[act].succeeded_at if act in reports else None for act in BackupAct}
    patience = {BackupAct.BACKUP: BACKUP_LATE, BackupAct.ARCHIVE: ARCHIVE_LATE, BackupAct.DRILL: DRILL_LATE}
    return BackupState(
        backup_at=done[BackupAct.BACKUP],
        archive_at=done[BackupAct.ARCHIVE],
        drill_at=done[BackupAct.DRILL],
        late=frozenset(act.value for act, at in done.items() if at is None or now - at > patience[act]),
        failed=frozenset(act for act, report in reports.items() if report.failed_at is not None),
    )
