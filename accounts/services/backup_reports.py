"""Write down how a backup, the archive of changes or a drill went."""

from datetime import datetime

from accounts.choices import BackupAct
from accounts.models import BackupReport


def succeeded(act: BackupAct, *, now: datetime) -> None:
    BackupReport.objects.update_or_create(act=act, defaults={"succeeded_at": now, "failed_at": None, "problem": ""})


def failed(act: BackupAct, problem: str, *, now: datetime) -> None:
    BackupReport.objects.update_or_create(
        act=act, defaults={"failed_at": now, "problem": problem[:200] or "it said nothing"}
    )
