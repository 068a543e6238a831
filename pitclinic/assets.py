"""The third-party files the pages need: an allow-list, copied from node_modules into vendor/."""

import re
import shutil
import sys
from pathlib import Path

ALLOWED = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap/bootstrap.min.css",
    "bootstrap/dist/js/bootstrap.bundle.min.js": "bootstrap/bootstrap.bundle.min.js",
}
# The manifest storage fails on a source map that is not there, and nobody debugs these files in a clinic.
SOURCE_MAP = re.compile(rb"\n?(/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*)")


def vendor(*, root: Path) -> list[Path]:
    """Copy the allowed files and nothing else; what was there before goes away."""
    target = root / "vendor"
    target.mkdir(exist_ok=True)
    for old in target.iterdir():
        if old.is_dir():
            shutil.rmtree(old)
        else:
            old.unlink()
    written = []
    for source, name in ALLOWED.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(SOURCE_MAP.sub(b"", (root / "node_modules" / source).read_bytes()))
        written.append(path)
    return written


if __name__ == "__main__":
    vendor(root=Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
