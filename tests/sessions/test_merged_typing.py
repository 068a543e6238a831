"""Two pages of one draft: what each of them changed stands, whichever way the second one comes."""

import json
import re
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.choices import Role
from accounts.models import Clinic
from audit.models import AuditEvent
from common.tenancy import tenant
from sessions.field_merges import POINT_FIELDS, Shown, agreed, merge, opened_on, read
from sessions.models import InjectionSession
from tests.access.pages import Fields, form_with
from tests.factories.sessions import InjectionSessionFactory
from tests.sessions.test_session_pages import filled

NERVE = "N054 Infrapatellar branch of saphenous"


@pytest.fixture
def client(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINICIAN, clinic=clinic)


@pytest.fixture
def colleague(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINICIAN, clinic=clinic)


@pytest.fixture
def session(clinic: Clinic, client: Client) -> InjectionSession:
    """A draft with something in every part of it: two points, two scores, all answers."""
    with tenant(clinic.pk, actor="test"):
        session = InjectionSessionFactory(clinic=clinic, started_at=timezone.now())
    typed = filled(session, consent_name="", note="first") | {"points-0-nerve": NERVE, "time_out-items": []}
    typed |= {"points-1-nerve": "N061 Sural nerve", "points-1-side": "right", "points-1-volume_ml": "0.4"}
    assert client.post(autosave_url(session), typed).json()["state"] == "saved"
    return session


def edit_url(session: InjectionSession) -> str:
    return reverse("sessions:edit", args=[session.pk])


def autosave_url(session: InjectionSession) -> str:
    return reverse("sessions:autosave", args=[session.pk])


def opened(client: Client, session: InjectionSession) -> Fields:
    return form_with(client.get(edit_url(session)).content, "version", "note")


def sent(fields: Fields, number: int = 1, /, **changes: Any) -> dict[str, Any]:
    return fields | {"number": str(number)} | changes


def changes_of(page: Fields) -> dict[str, str]:
    """A new value for every field of the page that somebody types or taps in."""
    flipped = {"yes": "no", "no": "yes"}
    found = {name: flipped[said[0]] for name, said in page.items() if said[0] in flipped and "_detail" not in name}
    details = [name for name in page if name.startswith("screening-") and name.endswith("_detail")]
    found |= {name: f"about {number}" for number, name in enumerate(details)}
    found |= {f"response-N061-right-{asked}": "5" for asked in ("rest_before_1", "provoked_before_1", "rest_after_1")}
    found |= {"rest_before": "7", "provoked_before": "8", "rest_after": "1", "provoked_after": "3"}
    found |= {"before_time": "14:50", "after_time": "15:10", "response-injected_time_1": "15:05"}
    found |= {"response-ended_time": "15:30", "response-rest_observed_1": "2", "response-observed_time_1": "15:20"}
    found |= {
        "note": "another",
        "provoked_movement": "squat",
        "no_after_score_reason": "asleep",
        "guidance": "ultrasound",
    }
    found |= {"needle_gauge": "27", "needle_length_mm": "25", "amount_drawn_ml": "4.0", "sharps_out": "3"}
    found |= {"sharps_in": "3", "observation-discharge_note": "fine", "points-0-volume_ml": "0.70"}
    found |= {"points-0-depth": "deep", "points-1-depth_mm": "4", "points-1-volume_ml": "0.25"}
    return {name: value for name, value in found.items() if page.get(name) != [value]}


def differing(page: Fields, wanted: dict[str, str]) -> dict[str, tuple[str, list[str] | None]]:
    return {name: (value, page.get(name)) for name, value in wanted.items() if page.get(name) != [value]}


def halves(session: InjectionSession, page: Fields, turn: int) -> tuple[dict[str, str], dict[str, str]]:
    """What the one changes and what the other does; the day and its first injection are one act."""
    both = changes_of(page)
    day = (timezone.localtime() - timedelta(days=1)).date().isoformat()
    first = {name: value for at, (name, value) in enumerate(both.items()) if at % 2 == turn}
    second = {name: value for name, value in both.items() if name not in first}
    for score, asked_at in (("response-rest_observed_1", "response-observed_time_1"), ("rest_before", "before_time")):
        # A score without its time is given one, which is a time too.
        if score in first:
            first |= {name: second.pop(name) for name in (asked_at,) if name in second}
        else:
            second |= {name: first.pop(name) for name in (asked_at,) if name in first}
    return first | {"response-treated_date": day, "response-first_injected_time": "15:00"}, second


def test_both_stand_whichever_way_the_second_page_comes(
    client: Client, colleague: Client, session: InjectionSession
) -> None:
    first = opened(client, session)
    assert read(first["opened"][0]) is not None
    theirs, mine = halves(session, first, 0)
    second = opened(colleague, session)
    answer = client.post(autosave_url(session), sent(first, **theirs)).json()
    assert (answer["state"], answer.get("wrong")) == ("saved", None)

    told = colleague.post(autosave_url(session), sent(second, **mine)).json()

    assert (told["state"], told.get("wrong")) == ("saved", None)
    assert told["version"] == int(second["version"][0]) != told["stands"]
    assert "Needle" in told["theirs"] or "Note" in told["theirs"]
    assert differing(opened(client, session), theirs | mine) == {}
    # On goes the second page, which shows the first one's fields as they were; a change of its own is taken back.
    more = sent(second, 2, **mine | {"opened": told["opened"], "provoked_movement": "stairs"})
    assert colleague.post(autosave_url(session), more).json()["state"] == "saved"
    assert differing(opened(client, session), theirs | mine | {"provoked_movement": "stairs"}) == {}


def test_an_act_that_waits_and_a_change_of_a_colleague_both_stand_after_reopening(
    client: Client, colleague: Client, session: InjectionSession
) -> None:
    """Half a name is kept beside the draft; the browser's own copy is sent again from the page it was typed on."""
    mine_page, their_page = opened(client, session), opened(colleague, session)
    mine, theirs = halves(session, mine_page, 1)
    told = client.post(autosave_url(session), sent(mine_page, **mine, consent_name="Aro")).json()
    assert told["state"] == "saved"
    assert colleague.post(autosave_url(session), sent(their_page, **theirs)).json()["state"] == "saved"

    again = opened(client, session)

    assert differing(again, mine | theirs | {"consent_name": "Aro"}) == {}
    assert again["conflict"] == [""]
    saved = client.post(autosave_url(session) + "?restored", sent(again, note="at last"))
    assert saved.json()["state"] == "saved"
    assert differing(opened(colleague, session), mine | theirs | {"note": "at last"}) == {}


def test_one_field_of_both_is_a_conflict_that_no_autosave_leaves(
    clinic: Clinic, client: Client, colleague: Client, session: InjectionSession
) -> None:
    first, second = opened(client, session), opened(colleague, session)
    client.post(autosave_url(session), sent(first, note="theirs", needle_gauge="27"))

    told = colleague.post(autosave_url(session), sent(second, note="mine", sharps_in="2", sharps_out="2"))

    assert (told.status_code, told.json()["state"]) == (409, "conflict")
    shown = colleague.get(edit_url(session)).content
    assert all(words in shown.decode() for words in ("What differs", "mine", "theirs", "Nothing was overwritten"))
    page = form_with(shown, "version", "note")
    assert differing(page, {"note": "mine", "needle_gauge": "27", "sharps_in": "2"}) == {}
    # One tap on a side, and whatever else: nothing leaves this page by itself.
    for number in (1, 2):
        tapped = sent(page, number, **{"points-0-side": "right"})
        assert colleague.post(autosave_url(session), tapped).json()["state"] == "conflict"
        page = opened(colleague, session)
        assert differing(page, {"points-0-side": "right", "note": "mine", "conflict": "1"}) == {}
    assert differing(opened(client, session), {"note": "theirs", "points-0-side": "left"}) == {}
    # On purpose it is.
    colleague.post(edit_url(session), sent(page, 3, act="save"))
    wanted = {"note": "mine", "needle_gauge": "27", "sharps_in": "2", "points-0-side": "right"}
    assert differing(opened(client, session), wanted) == {}
    with tenant(clinic.pk, actor="test"):
        rows = AuditEvent.objects.filter(table_name="pit_sessions_injectionsession", changes__has_key="note")
        assert [row.changes["note"] for row in rows.order_by("at", "id")] == [
            ["", "first"],
            ["first", "theirs"],
            ["theirs", "mine"],
        ]


def test_saving_on_purpose_merges_too(client: Client, colleague: Client, session: InjectionSession) -> None:
    first, second = opened(client, session), opened(colleague, session)
    client.post(edit_url(session), sent(first, note="theirs", act="save"))

    answer = colleague.post(edit_url(session), sent(second, needle_gauge="27", act="save"))

    assert answer.status_code == 302
    assert differing(opened(client, session), {"note": "theirs", "needle_gauge": "27"}) == {}
    both = colleague.post(edit_url(session), sent(first, 2, page="", note="mine", act="save"))
    assert both.status_code == 409
    assert differing(form_with(both.content, "version", "note"), {"note": "mine", "needle_gauge": "27"}) == {}


def test_nothing_was_typed_without_a_connection_where_nothing_is_new(client: Client, session: InjectionSession) -> None:
    page = opened(client, session)
    client.post(autosave_url(session), sent(page, note="typed"))

    told = client.post(autosave_url(session) + "?restored", sent(page, note="typed")).json()

    assert told["is_old"]
    assert "without a connection" not in client.get(edit_url(session)).content.decode()


ROW = st.fixed_dictionaries(dict.fromkeys(POINT_FIELDS, st.sampled_from(["1", "2"])))
PAGE = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["", "1", "2"]))
POINTS = st.lists(ROW, max_size=3)


def as_sent(plain: dict[str, str], rows: list[dict[str, str]], text: str) -> dict[str, list[str]]:
    points = {f"points-{n}-{name}": [value] for n, row in enumerate(rows) for name, value in row.items()}
    total = {"points-TOTAL_FORMS": [str(len(rows))]}
    return {name: [plain.get(name, "")] for name in "abcdef"} | points | total | {"opened": [text]}


@settings(max_examples=300, deadline=None)
@given(PAGE, PAGE, PAGE, POINTS, POINTS, POINTS)
def test_a_merge_takes_what_was_changed_and_nothing_else(
    base: dict[str, str],
    mine: dict[str, str],
    stands: dict[str, str],
    old: list[dict[str, str]],
    typed: list[dict[str, str]],
    now: list[dict[str, str]],
) -> None:
    opened = read(str(opened_on(Shown(base, tuple(old)))))
    assert opened == opened_on(Shown(base, tuple(old)))
    page = as_sent(mine, typed, str(opened))
    merged = merge(opened, page, Shown(stands, tuple(now)))
    for name in "abcdef":
        was, own, new = (said.get(name, "") for said in (base, mine, stands))
        if new in (was, own) or own == was:
            assert name not in merged.conflicts
            assert merged.data[name] == [new if own == was else own]
        else:
            assert name in merged.conflicts
    rows = [
        {name: merged.data[f"points-{number}-{name}"][0] for name in POINT_FIELDS}
        for number in range(int(merged.data["points-TOTAL_FORMS"][0]))
    ]
    if typed in (old, now):
        assert rows == now
    elif now == old:
        assert rows == typed
    elif not any(name.startswith("points") for name in merged.conflicts):
        # Each row is one of theirs, one of mine, or one of the old ones with what either changed.
        assert len(rows) == max(len(now), len(typed))
        for was, own, new, row in zip(old, typed, now, rows, strict=False):
            for name in POINT_FIELDS:
                assert row[name] == (new[name] if own[name] == was[name] else own[name])
    again = agreed(opened, page, number=2, unsaved=())
    assert merge(again, page, Shown(stands, tuple(now))).data["a"] == [stands.get("a", "")]


def test_ticks_are_put_together_on_one_card_and_a_volume_moves_to_no_other_point() -> None:
    def page(
        ticks: str, side: str = "left", volume: str = "0.5", card: str = "c1"
    ) -> tuple[Shown, dict[str, list[str]]]:
        row = dict.fromkeys(POINT_FIELDS, "") | {"nerve": NERVE, "side": side, "volume_ml": volume}
        plain = {"time_out-fingerprint": card, "time_out-said": "s"}
        shown = Shown(plain | {f"time_out-items={tick}": tick for tick in ticks}, (row,))
        fields = {f"points-0-{name}": [value] for name, value in row.items()} | {"points-TOTAL_FORMS": ["1"]}
        return shown, fields | {name: [value] for name, value in plain.items()} | {"time_out-items": [*ticks]}

    opened = opened_on(page("ab")[0])
    for mine, stands, ticks, conflicts in (
        (page("abc"), page("abd"), "abcd", ()),
        (page("b"), page("abd"), "bd", ()),
        (page("ab"), page("", card="c2"), "", ()),
        (page("abc"), page("", card="c2"), "abc", ()),  # of the old card, as its name says: worth nothing
        (page("ab", volume="0.7"), page("ab", side="right"), "ab", ("points-0",)),
        (page("ab", volume="0.7"), page("ab", volume="0.70"), "ab", ()),
    ):
        merged = merge(opened, mine[1], stands[0])
        assert ("".join(merged.data["time_out-items"]), merged.conflicts) == (ticks, conflicts)
    assert merge(opened, page("abc")[1], page("", card="c2")[0]).data["time_out-fingerprint"] == ["c1"]


_PAGE = """
const said = { posts: [], replaced: [], timers: 0 };
globalThis.setTimeout = () => { said.timers += 1; };
globalThis.clearTimeout = () => {};
globalThis.addEventListener = () => {};
globalThis.location = { pathname: "/edit/", replace: (to) => said.replaced.push(to) };
Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true });
const part = { dataset: { saved: "", saving: "", local: "" }, querySelector: () => ({ dataset: {} }) };
globalThis.CustomEvent = class {};
globalThis.document = { getElementById: () => part, addEventListener: () => {}, visibilityState: "visible" };
globalThis.FormData = class { *[Symbol.iterator]() { yield ["note", "typed"]; } };
function pageOf(conflict, answer, waiting = "note=typed&page=before") {
  Object.assign(said, { posts: [], replaced: [], timers: 0, kept: [] });
  box.text = waiting;
  globalThis.fetch = async (url, { body }) => {
    said.posts.push(`${url} ${body}`);
    if (answer instanceof Error) throw answer;
    return { ok: true, status: 200, json: async () => answer };
  };
  const fields = { version: "1", page: "now", number: "0", opened: "", conflict, csrfmiddlewaretoken: "t" };
  const inputs = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { value }]));
  const on = {};
  return {
    on, inputs, dataset: { autosave: "/a/", member: "m" }, removeAttribute: () => {}, dispatchEvent: () => {},
    querySelectorAll: () => [], contains: () => true,
    addEventListener: (kind, act) => { on[kind] = act; },
    querySelector: (name) => inputs[/name="(.*)"/.exec(name)[1]],
  };
}
const box = { text: null };
async function take() { return box.text; }
async function drop() { box.text = null; }
async function dropOld() {}
async function put(_name, text) { said.kept.push(text); }
const found = [];
const saved = { state: "saved", saved_at: "", version: 1, stands: 1 };
async function open(conflict, answer, waiting) {
  const page = pageOf(conflict, answer, waiting);
  const autosave = startAutosave(page);
  await autosave.writing;
  return [page, autosave];
}
// One's own page, left in the middle of a word: what is drawn is what stands, and nobody was offline.
await open("", { ...saved, is_old: true });
found.push([said.posts[0].includes("restored"), said.replaced.length]);
await open("", { ...saved, is_old: true, stands: 2 });
found.push([said.posts[0].includes("restored"), said.replaced.length]);
await open("", { ...saved, stands: 2 }, "note=typed&page=before&typed-offline=1");
found.push([said.posts[0].includes("?restored"), said.posts[0].includes("typed-offline"), said.replaced.length]);
// Only a send that did not reach the server was typed without a connection; a server in trouble was reached.
for (const problem of [new TypeError("Failed to fetch"), new Error("500")]) {
  const [page, autosave] = await open("", problem, "");
  page.on.input({ target: { name: "note" } });
  await autosave.send();
  await autosave.writing;
  found.push(said.kept.at(-1).includes("typed-offline=1"));
}
// Both texts on the page: what is typed stays in this browser.
const [page, autosave] = await open("1", saved, "");
page.on.input({ target: { name: "points-0-side" } });
page.on.change({ target: { name: "points-0-side" } });
await autosave.writing;
found.push([said.posts.length, said.timers, said.kept.length]);
// An answer brings what the page and the draft have in common now.
const [merged, other] = await open("", { ...saved, version: 1, stands: 4, opened: "3 note.abc" }, "");
merged.on.input({ target: { name: "note" } });
await other.send();
found.push([merged.inputs.version.value, merged.inputs.opened.value]);
console.log(JSON.stringify(found));
"""


def test_the_page_says_only_what_is_so_and_sends_nothing_while_both_texts_stand_on_it() -> None:
    source = Path("static/js/session/autosave.js").read_text()
    source = re.sub(r"^import .*$", "", source, flags=re.MULTILINE)
    ran = subprocess.run(
        ["node", "--input-type=module"], input=source + _PAGE, capture_output=True, text=True, check=True
    )
    assert json.loads(ran.stdout) == [
        [False, 0],
        [False, 1],
        [True, False, 1],
        True,
        False,
        [0, 0, 2],
        [1, "3 note.abc"],
    ]
