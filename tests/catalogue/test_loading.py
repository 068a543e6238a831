"""Loading brings the tables to what the files say, and a second time changes nothing."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from catalogue.models import Condition, Nerve, PointType, Source
from catalogue.services.data_files import CatalogueError
from catalogue.services.loading import Counts, load
from tests.catalogue.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_owner")]


@pytest.mark.parametrize("change", ["DELETE FROM catalogue_nerve", "UPDATE catalogue_nerve SET name = ''"])
def test_the_application_may_read_the_catalogue_and_not_write_it(change):
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE pit_app")
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute(change)


def run(*arguments):
    out = StringIO()
    call_command("load_catalogue", *arguments, stdout=out)
    return out.getvalue()


def test_a_second_run_changes_nothing_and_says_so():
    before = list(Nerve.objects.order_by("code").values())
    assert run() == "The catalogue is up to date: 1210 rows unchanged.\n"
    assert list(Nerve.objects.order_by("code").values()) == before


def test_a_second_run_writes_no_row():
    with CaptureQueriesContext(connection) as queries:
        load(now=NOW)
    assert not [q for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_an_edited_row_is_updated_and_the_rest_left_alone(edited):
    directory = edited("nerves", lambda rows: rows[0].update(symptoms="brow pain"))
    counts = load(now=NOW, directory=directory)
    assert counts["nerves"] == Counts(updated=1, unchanged=69)
    assert counts["conditions"] == Counts(unchanged=48)
    assert Nerve.objects.get(code="N001").symptoms == "brow pain"


def test_a_changed_link_counts_as_an_update(edited):
    directory = edited("conditions", lambda rows: rows[0].update(nerves=["N055", "N054"]))
    assert load(now=NOW, directory=directory)["conditions"] == Counts(updated=1, unchanged=47)
    achilles = Condition.objects.get(code="ACHILLES")
    assert [nerve.code for nerve in achilles.nerves.all()] == ["N054", "N055"]


def test_a_row_that_left_its_file_is_retired_and_comes_back_when_it_returns(edited):
    directory = edited("point_types", lambda rows: rows.pop())
    assert load(now=NOW, directory=directory)["point_types"] == Counts(unchanged=4, retired=1)
    assert PointType.objects.get(code="skin_ending").retired_at == NOW
    assert not PointType.objects.current().filter(code="skin_ending").exists()
    assert load(now=NOW, directory=directory)["point_types"] == Counts(unchanged=4)
    assert load(now=NOW)["point_types"] == Counts(updated=1, unchanged=4)
    assert PointType.objects.get(code="skin_ending").retired_at is None


def test_a_new_row_gets_an_identifier_of_version_7(edited):
    row = {"code": "S131", "number": 131, "title": "A new paper", "source_mark": "[S131]"}
    counts = load(now=NOW, directory=edited("sources", lambda rows: rows.append(row)))
    assert counts["sources"] == Counts(created=1, unchanged=129)
    assert Source.objects.get(code="S131").pk.version == 7


def test_a_snomed_code_the_clinic_imported_survives_a_load():
    Nerve.objects.filter(code="N001").update(snomed_code="12345")
    assert load(now=NOW)["nerves"] == Counts(unchanged=70)
    assert Nerve.objects.get(code="N001").snomed_code == "12345"


def test_a_row_the_database_refuses_is_told_by_file_and_row_and_nothing_is_written(edited):
    def change(rows):
        rows[0]["symptoms"] = "changed"
        rows[4]["points_min"] = 9

    with pytest.raises(CatalogueError) as caught:
        load(now=NOW, directory=edited("nerves", change))
    (problem,) = caught.value.problems
    assert problem.startswith("nerves.json row 5 (N005): ")
    assert "nerve_points_range" in problem
    assert Nerve.objects.get(code="N001").symptoms != "changed"


def test_the_command_says_what_is_wrong_and_fails(edited):
    directory = edited("nerves", lambda rows: rows[0].pop("name"))
    with pytest.raises(CommandError, match=r"nerves\.json row 1 \(N001\): name: is missing"):
        run("--directory", str(directory))


def test_the_command_says_what_changed(edited):
    directory = edited("nerves", lambda rows: rows[0].update(symptoms="brow pain"))
    assert "nerves                       0 created, 1 updated, 69 unchanged, 0 retired\n" in run(
        "--directory", str(directory)
    )


def test_checking_reads_the_files_and_writes_nothing(edited, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert run("--check") == "1210 rows in 23 files are fit to load.\n"
