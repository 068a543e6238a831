"""The backups of this deployment, as its settings and its environment name them."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from pitclinic.backups.clusters import SUPERUSER, Primary
from pitclinic.backups.receiving import Receiver
from pitclinic.backups.sets import BackupError, Store
from pitclinic.backups.taking import Taker
from pitclinic.checks import LEAST_KEY_LENGTH, has_secret_key

_CONNECTING = ("host", "port", "user", "password", "dbname")
_ROLES = ("migrator", "app", "worker", "research", "backup")


def store() -> Store:
    """Raises ``BackupError`` without a key of the backups' own, and on a machine that has no keys yet."""
    found = store_alone()
    if not has_secret_key() or "" in settings.FACTOR_KEYS:
        raise BackupError(
            "PITCLINIC_SECRET_KEY or PITCLINIC_FACTOR_KEY is empty. `restore --keys` prints those of the backup."
        )
    if found.key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS, *settings.FACTOR_KEYS):
        raise BackupError("PITCLINIC_BACKUP_KEY is a secret of its own: the other keys lie in the backups, under it.")
    return found


def store_alone() -> Store:
    """As ``store``, for a machine that knows no key but that of the backups."""
    if len(settings.BACKUP_KEY) < LEAST_KEY_LENGTH:
        raise BackupError(f"PITCLINIC_BACKUP_KEY is a secret of {LEAST_KEY_LENGTH} characters or more.")
    return Store(Path(settings.BACKUP_DIR), key=settings.BACKUP_KEY)


def primary() -> Primary:
    params: dict[str, Any] = connection.get_connection_params()
    return Primary({name: params[name] for name in _CONNECTING if params.get(name)})


def database() -> str:
    return str(connection.settings_dict["NAME"])


def uploads() -> Path:
    return Path(settings.STORAGES["imports"]["OPTIONS"]["location"])


def taker(at: Store, *, files: Path | None) -> Taker:
    return Taker(store=at, primary=primary(), uploads=files or uploads(), keys=keys())


def receiver(at: Store) -> Receiver:
    return Receiver(at, primary(), spool=Path(settings.BACKUP_WORK_DIR) / "spool")


def keys() -> dict[str, str]:
    """What the record cannot be read without; the key of the backups is not among them."""
    factor, *before = settings.FACTOR_KEYS or [""]
    return {
        "PITCLINIC_SECRET_KEY": settings.SECRET_KEY,
        "PITCLINIC_SECRET_KEY_FALLBACKS": ",".join(map(str, settings.SECRET_KEY_FALLBACKS)),
        "PITCLINIC_FACTOR_KEY": factor,
        "PITCLINIC_FACTOR_KEY_FALLBACKS": ",".join(before),
    }


def passwords(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The database roles whose passwords this machine names, and the passwords."""
    names = {SUPERUSER: "SUPERUSER"} | {f"pit_{role}": role.upper() for role in _ROLES}
    named = {role: environment.get(f"PITCLINIC_DB_{name}_PASSWORD", "") for role, name in names.items()}
    return {role: word for role, word in named.items() if word}
