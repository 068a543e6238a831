"""The browser of the tests: $CHROMIUM, else the one on the path, else the one npm installed."""

import fcntl
import os
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from playwright.sync_api import Browser, expect

from pitclinic import assets

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_MS = 20_000  # a busy machine of two cores answers late, and right
ASK_NPM = "import('@sparticuz/chromium').then(async (m) => console.log(await m.default.executablePath()))"

# Playwright keeps an event loop running in the thread of the test, where Django would refuse the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def find_chromium() -> str:
    """The path of a browser; the one from npm is unpacked into the temporary folder on first use."""
    return assets.browser_on_path() or unpack_from_npm()


def unpack_from_npm() -> str:
    folder = assets.node_folder() or Path()
    (ROOT / ".run").mkdir(exist_ok=True)
    # Two processes unpacking at once would run half a browser.
    with (ROOT / ".run" / "chromium.lock").open("w") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        try:
            answer = subprocess.run(
                [str(folder / "node"), "-e", ASK_NPM],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=True,
            )
        except (OSError, subprocess.CalledProcessError) as error:
            raise pytest.UsageError("No browser: set CHROMIUM, install chromium, or run `npm ci`.") from error
    return answer.stdout.strip()


class Answering:
    """The threads of the test's server that are answering a request."""

    def __init__(self) -> None:
        self._threads: set[threading.Thread] = set()
        self._changed = threading.Condition()
        request_started.connect(self._begun)
        request_finished.connect(self._ended)

    def wait_until_none(self) -> None:
        """A thread that died with its request answers nothing any more. The number of looks is bounded."""
        with self._changed:
            for _look in range(600):
                if not any(thread.is_alive() for thread in self._threads):
                    break
                self._changed.wait(0.1)
            self._threads.clear()

    def _begun(self, **_kwargs: object) -> None:
        if threading.current_thread() is not threading.main_thread():
            with self._changed:
                self._threads.add(threading.current_thread())

    def _ended(self, **_kwargs: object) -> None:
        with self._changed:
            self._threads.discard(threading.current_thread())
            self._changed.notify_all()


_answering = Answering()


class Browsers:
    @pytest.fixture(scope="session")
    def browser_type_launch_args(self, browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
        arguments = ["--disable-dev-shm-usage", "--disable-gpu"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        return {**browser_type_launch_args, "executable_path": find_chromium(), "args": arguments}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        """No page outlives its test: it would go on asking the server, and take time from every test after it.

        Nor does what it asked last: answered from an emptied database, it would fail in the test after it.
        """
        browser = getattr(item, "funcargs", {}).get("browser")
        if isinstance(browser, Browser):
            for context in browser.contexts:
                context.close()
            _answering.wait_until_none()


def pytest_configure(config: pytest.Config) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    # Registered last, or the fixture of pytest-playwright would win over this one.
    config.pluginmanager.register(Browsers(), "pitclinic-chromium")
