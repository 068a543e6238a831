"""The bench opens the pages of a simulated clinic and says what it left out."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Clinic
from pitclinic.simulation.page_timing import big_scans
from pitclinic.simulation.run import simulate
from tests.simulation.conftest import NOW


@pytest.fixture
def small_clinic(db: None) -> Clinic:
    return simulate(patients=12, seed=1, months=6, word="tiny", name="Tiny Clinic", now=NOW).clinic


@pytest.mark.django_db
def test_it_prints_a_line_for_each_page(small_clinic: Clinic):
    out = StringIO()
    call_command("bench", clinic="tiny", runs=1, only="patients:", stdout=out)
    lines = {line.split()[0]: line for line in out.getvalue().splitlines() if line}
    assert "clinician" in lines["patients:list"]
    assert "clinician" in lines["patients:detail"]
    assert "POST only" in out.getvalue()


@pytest.mark.django_db
def test_it_opens_the_page_of_a_course_review_and_of_a_product():
    simulate(patients=60, seed=1, months=6, word="tiny", name="Tiny Clinic", now=NOW)
    out = StringIO()
    call_command("bench", clinic="tiny", runs=1, only="sessions:course_review", stdout=out)
    call_command("bench", clinic="tiny", runs=1, only="sessions:product", stdout=out)
    timed = {line.split()[0] for line in out.getvalue().splitlines() if " clinician" in line}
    assert {"sessions:course_review", "sessions:product"} <= timed


@pytest.mark.django_db
def test_without_a_simulated_clinic_it_says_what_to_do():
    with pytest.raises(CommandError, match="There is no simulated clinic"):
        call_command("bench", clinic="nowhere")


@pytest.mark.django_db
def test_a_small_table_may_be_read_from_end_to_end(small_clinic: Clinic):
    assert list(big_scans(small_clinic, ["SELECT count(*) FROM patients_patient WHERE sex = 'male'"])) == []
