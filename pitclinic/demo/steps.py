"""What has to be done before the processes start, and is not done twice."""

import hashlib
import secrets
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_CODE = {".git", ".run", ".stamps", ".venv", "node_modules", "staticfiles", "tests", "docs", "media"}


def fingerprint(paths: Iterable[Path]) -> str:
    """A short mark that changes when a file comes, goes or is written."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        status = path.stat()
        digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def code_files() -> list[Path]:
    found: list[Path] = [*ROOT.glob("requirements/*.txt")]
    for folder in ROOT.iterdir():
        if folder.is_dir() and folder.name not in NOT_CODE:
            found += [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return found


def static_files() -> list[Path]:
    folders = [ROOT / "static", ROOT / "vendor"]
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def steps_to_do(run_dir: Path) -> list[str]:
    """The set-up steps whose input changed since they were done, in order."""
    done = run_dir / "done"
    done.mkdir(exist_ok=True)
    needs = {
        "migrate": fingerprint(code_files()),
        "load_catalogue": fingerprint(code_files()),
        "simulate": "once",
        "collectstatic": fingerprint([*static_files(), *ROOT.glob("requirements/*.txt")]),
    }
    if not (run_dir / "staticfiles" / "staticfiles.json").exists():
        (done / "collectstatic").unlink(missing_ok=True)
    for name, need in needs.items():
        noted = done / f"{name}.input"
        if not noted.exists() or noted.read_text() != need:
            (done / name).unlink(missing_ok=True)
            noted.write_text(need)
    return [name for name in needs if not (done / name).exists()]


def secret_key(run_dir: Path) -> str:
    """The demo's own key, kept so that sign-ins outlive a restart."""
    path = run_dir / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text()
