"""Without a connection a form stays on its page; a patient's answer is sent by itself, once, as soon as it can."""

import json
import re
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, expect

from accounts.actors import machine
from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from patients.records import PatientDetails
from patients.services import patients
from sessions.models import PainScore
from tests.e2e.axe import axe_violations
from tests.portal.visits import BORN, told
from tests.staff import StaffClient

SCRIPTS = Path(__file__).parents[2] / "static/js"
IMPORTS = re.compile(r"^import .*;\n", re.M)
# Two forms as the module asks of them, and a server that answers as it is told.
ASK = """
const form = (name) => ({ name, dataset: { signs: `/${name}/call/` } });
const [one, other] = [form("one"), form("other")];
const [words, again, nothing, breathless, faint] = [["words"], ["words"], ["nothing"], ["sign"], ["sign"]].map(
  ([name], number) => ({ name, number }));
const queue = (...all) => {
  const waiting = new Waiting();
  for (const [where, button] of all) waiting.add(where, button);
  return waiting;
};
const sent = (waiting) => waiting.take().map((row) => row.button.number);
const server = (...answers) => {
  const asked = [];
  const post = async (where, button) => {
    asked.push(button.number);
    const status = answers.shift() ?? 200;
    if (status === 0) throw new TypeError("no network");
    return { ok: status < 300, status, url: `/${where.name}/next/` };
  };
  return { asked, post };
};
const found = { fates: [], queues: [], sends: [] };
for (const isOnline of [true, false]) for (const isDoubted of [true, false]) for (const isWaiting of [true, false])
  found.fates.push([isOnline, isDoubted, isWaiting, fate({ isOnline, isDoubted, isWaiting })]);
for (const answer of [async () => ({ ok: true }), async () => ({ ok: false }), async () => { throw new TypeError(); }])
  found.fates.push(await isReached(answer));
found.queues.push(
  sent(queue([one, words], [one, nothing], [one, again])), // another answer takes the place of the one before
  sent(queue([one, words], [one, breathless])), // a sign takes the words along
  sent(queue([one, breathless], [one, nothing], [one, faint], [one, breathless])), // and is never replaced
  sent(queue([one, words], [other, nothing])),
);
const taken = queue([one, words]);
found.queues.push([taken.take().length, taken.take().length]);
for (const [rows, answers] of [
  [[[one, words]], [200]],
  [[[one, breathless], [other, nothing]], [200, 200]], // what to do now comes before thanks
  [[[one, words], [other, nothing]], [200, 0]],
  [[[one, breathless]], [503]],
  [[[one, words], [other, nothing]], [403]],
]) {
  const waiting = queue(...rows);
  const { asked, post } = server(...answers);
  const { page, refused } = await sendAll(waiting, post);
  found.sends.push([asked, page, refused?.button.number ?? null, sent(waiting)]);
}
console.log(JSON.stringify(found));
"""


def test_what_leaves_what_waits_and_what_is_sent_once() -> None:
    source = "".join(IMPORTS.sub("", (SCRIPTS / name).read_text()) for name in ("offline.js", "portal-waiting.js"))
    ran = subprocess.run(
        ["node", "--input-type=module"], input=source + ASK, capture_output=True, text=True, check=True
    )
    found = json.loads(ran.stdout)

    assert found["fates"] == [
        [True, True, True, "stays"],
        [True, True, False, "asks"],
        [True, False, True, "stays"],
        [True, False, False, "leaves"],
        *([False, is_doubted, is_waiting, "stays"] for is_doubted in (True, False) for is_waiting in (True, False)),
        True,
        False,
        False,
    ]
    assert found["queues"] == [[1], [3], [3, 4][::-1], [0, 2], [1, 0]]
    assert found["sends"] == [
        [[0], "/one/next/", None, []],
        [[3, 2], "/one/call/", None, []],
        [[0, 2], "", None, [2]],
        [[3], "", None, [3]],
        [[0], "", 0, [2]],
    ]


def test_the_server_says_that_it_is_there_to_anybody(client: Client) -> None:
    assert client.head("/healthz").status_code == 200


@pytest.mark.e2e
@pytest.mark.django_db(transaction=True)
def test_a_list_that_could_not_be_asked_anew_says_so_until_it_was(
    clinic: Clinic, staff_client: Callable[..., StaffClient], browser: Browser, live_server: Any
) -> None:
    with tenant(clinic.pk, actor="test"):
        for family_name in ("Clarke", "Smith"):
            kim = PatientDetails("Kim", family_name, date(1980, 3, 2), zone="Europe/Berlin")
            patients.register(by=machine(clinic, "test"), now=timezone.now(), details=kim)
    cookie = staff_client(Role.FRONT_DESK, clinic=clinic).cookies[settings.SESSION_COOKIE_NAME]
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(reverse("patients:list"))
    search, results = page.locator("form.tools input[type=search]"), page.locator("#results")
    search.press_sequentially("clarke")
    expect(results).to_contain_text("Clarke")
    context.set_offline(True)
    search.fill("")
    search.press_sequentially("smith")
    expect(page.locator(".stale")).to_contain_text("belongs to what was asked before")
    expect(results).to_have_attribute("inert", "")
    assert [rule["id"] for rule in axe_violations(page)] == []
    context.set_offline(False)
    expect(results).to_contain_text("Smith")
    expect(results).not_to_contain_text("Clarke")
    expect(page.locator(".stale")).to_have_count(0)
    expect(results).not_to_have_attribute("inert", "")
    context.close()


@pytest.mark.e2e
@pytest.mark.django_db(transaction=True)
def test_what_is_sent_without_a_connection_stays_and_a_patients_answer_goes_by_itself(
    clinic: Clinic, staff_client: Callable[..., StaffClient], browser: Browser, live_server: Any
) -> None:
    cookie = staff_client(Role.CLINIC_ADMIN, clinic=clinic).cookies[settings.SESSION_COOKIE_NAME]
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(reverse("accounts:settings"))
    page.fill("#id_name", "Haus am See")
    save = page.locator("form:has(#id_name) button[type=submit]").last
    context.set_offline(True)
    save.click()
    notice = page.locator(".offline")
    expect(notice).to_contain_text("Nothing is sent yet")
    expect(notice).to_be_in_viewport()
    expect(page.locator("#id_name")).to_have_value("Haus am See")
    expect(save).not_to_have_attribute("aria-disabled", "true")
    assert [rule["id"] for rule in axe_violations(page)] == []
    context.set_offline(False)
    expect(notice).to_contain_text("The connection is back")
    save.click()
    expect(page.locator(".notices")).to_be_visible()
    clinic.refresh_from_db()
    assert clinic.name == "Haus am See"

    visit = told(clinic)
    page.goto(visit.url)
    for name, value in BORN.items():
        page.fill(f"#id_{name}", value)
    page.click(".portal-main button[type=submit]")
    expect(page.locator("button[value='4']")).to_be_visible()
    context.set_offline(True)
    page.click("button[value='7']")
    page.click("button[value='4']")
    expect(notice).to_contain_text("it is sent by itself")
    expect(page.locator("button[aria-pressed=true]")).to_have_text("4")
    assert [rule["id"] for rule in axe_violations(page)] == []
    context.set_offline(False)
    expect(notice).to_contain_text("your answer was sent at")
    expect(page).to_have_url(re.compile("/2/$"))
    with tenant(clinic.pk):
        assert [one.score for one in PainScore.objects.all()] == [4]
    context.close()
