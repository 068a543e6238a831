"""The day on paper and in a spreadsheet: everybody who comes, no formula that runs, and a note of who took it."""

import io
import zipfile
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Clinic
from audit.models import AuditEvent
from common.sheets import xlsx
from common.tenancy import tenant
from tests.scheduling.conftest import Practice, at, make_practice
from tests.scheduling.visits import a_visit

pytestmark = pytest.mark.usefixtures("monday_morning")

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def practice(clinic: Clinic) -> Practice:
    with tenant(clinic.pk, actor="test"):
        return make_practice(clinic)


def parts(body: bytes, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(body)).read(name))


def table(body: bytes) -> list[list[str]]:
    """The rows of the first sheet, read back from its XML."""
    texts = ["".join(one.itertext()) for one in parts(body, "xl/sharedStrings.xml").iter(f"{MAIN}si")]
    rows = parts(body, "xl/worksheets/sheet1.xml").iter(f"{MAIN}row")
    return [[texts[int(cell.findtext(f"{MAIN}v") or 0)] for cell in row.iter(f"{MAIN}c")] for row in rows]


def test_the_sheet_lists_everybody_who_comes_clinician_after_clinician(practice: Practice, desk: Client) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        colleague, patient = practice.another_clinician(), practice.another_patient()
        colleague.user.full_name = "Dr Zoe Aalto"
        colleague.user.save()
    a_visit(practice, clinician=colleague, patient=patient, room=None, starts_at=at(8), status="arrived")
    a_visit(practice, starts_at=at(10))
    a_visit(practice, starts_at=at(9), status="no_show")

    answer = desk.get(reverse("scheduling:day_sheet"), {"day": "2026-09-07"})

    assert answer.headers["Content-Disposition"] == 'attachment; filename="day-2026-09-07.xlsx"'
    assert table(answer.content)[1:] == [
        ["Dr Ada Berg", "10:00", "10:30", practice.patient.full_name, "Usual visit", "Room A", "booked", ""],
        ["Dr Zoe Aalto", "08:00", "08:30", patient.full_name, "Usual visit", "", "arrived", ""],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "\t=1", "https://x.example", "12", "Ann"])
def test_a_cell_stays_the_text_it_is(text: str) -> None:
    body = xlsx(name="Day", heading="Day", header=["Patient"], rows=[[text]])

    assert table(body) == [["Patient"], [text]]
    sheet = parts(body, "xl/worksheets/sheet1.xml")
    assert [cell.get("t") for cell in sheet.iter(f"{MAIN}c")] == ["s", "s"]
    assert not list(sheet.iter(f"{MAIN}f"))
    assert not list(sheet.iter(f"{MAIN}hyperlink"))


def test_a_cell_that_would_begin_a_formula_is_quoted_when_somebody_edits_it() -> None:
    body = xlsx(name="Day", heading="Day", header=["Patient"], rows=[["=1+1"]])

    assert [one.get("quotePrefix") for one in parts(body, "xl/styles.xml").iter(f"{MAIN}xf")].count("1") == 1


def test_the_page_to_print_shows_every_clinician(practice: Practice, desk: Client) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        colleague, patient = practice.another_clinician(), practice.another_patient()
    a_visit(practice, clinician=colleague, patient=patient, room=None)
    a_visit(practice)

    page = desk.get(reverse("scheduling:print_day"), {"day": "2026-09-07"})

    assert [len(one.visits) for one in page.context["people"]] == [1, 1]
    assert patient.full_name in page.content.decode()


@pytest.mark.parametrize(("url", "what"), [("print_day", "day_on_paper"), ("day_sheet", "day_sheet")])
def test_who_took_the_day_out_is_on_record(practice: Practice, desk: Client, url: str, what: str) -> None:
    a_visit(practice)

    desk.get(reverse(f"scheduling:{url}"), {"day": "2026-09-07"})

    with tenant(practice.clinic.pk):
        (event,) = AuditEvent.objects.filter(kind="export")
    told = {"rows": 1, "what": what, "of": "2026-09-07"}
    assert (event.table_name, event.changes) == ("scheduling_appointment", told)
