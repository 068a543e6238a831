"""The files say what the domain reference says, and a broken one is told by file and row."""

import json
import re

import pytest

from catalogue.models.entries import SOURCE_MARK
from catalogue.services.data_files import DATA, FILES, CatalogueError, read

ROWS = {
    "sources": 129,  # S1 to S130, without S106
    "body_regions": 28,
    "point_types": 5,
    "techniques": 6,
    "search_terms": 15,
    "nerves": 70,
    "nerve_figures": 19,
    "nerve_anchors": 555,
    "conditions": 48,
    "condition_codes": 52,
    "solutions": 11,
    "solution_anaesthetics": 8,
    "local_anaesthetic_maximums": 12,
    "instruments": 21,
    "instrument_scales": 40,
    "instrument_thresholds": 50,
    "instrument_items": 13,
    "studies": 27,
    "study_results": 50,
    "adverse_event_types": 20,
    "danger_signs": 12,
    "screening_items": 10,
    "care_messages": 9,
}


def test_every_table_of_the_reference_is_there_in_full(files):
    assert {stem: len(rows) for stem, rows in files.items()} == ROWS


def test_nerves_are_numbered_without_a_gap(files):
    assert [row.code for row in files["nerves"]] == [f"N{number:03}" for number in range(1, 71)]


def test_sources_are_numbered_as_in_the_reference(files):
    numbers = [row.values["number"] for row in files["sources"]]
    assert numbers == [number for number in range(1, 131) if number != 106]
    assert all(row.code == f"S{row.values['number']}" for row in files["sources"])


def test_every_row_carries_a_source_mark_whose_sources_exist(files):
    known = {row.code for row in files["sources"]}
    for rows in files.values():
        for row in rows:
            mark = row.values["source_mark"]
            assert re.match(SOURCE_MARK, mark), row.place
            assert set(re.findall(r"\[(S\d+)", mark)) <= known, row.place


def test_a_mark_says_clinic_exactly_where_the_source_is_a_clinic_page(files):
    clinics = {row.code for row in files["sources"] if row.values["is_clinic_page"]}
    for stem, rows in files.items():
        for row in rows:
            named = set(re.findall(r"\[(S\d+) clinic\]", row.values["source_mark"]))
            assert named <= clinics, row.place
            if stem != "sources":
                assert not set(re.findall(r"\[(S\d+)\]", row.values["source_mark"])) & clinics, row.place


def test_every_nerve_named_by_a_condition_exists(files):
    nerves = {row.code for row in files["nerves"]}
    for row in files["conditions"]:
        assert set(row.links["nerves"]) <= nerves, row.place


def test_files_hold_one_row_a_line_in_a_readable_order():
    for stem in FILES:
        text = (DATA / f"{stem}.json").read_text(encoding="utf-8")
        rows = json.loads(text)
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        assert text == "[\n" + ",\n".join(lines) + "\n]\n", stem
        order = [row.get("number", row.get("position", row["code"])) for row in rows]
        if stem not in {"condition_codes", "instrument_items"}:
            assert order == sorted(order), stem


def problems(directory):
    with pytest.raises(CatalogueError) as caught:
        read(directory)
    return caught.value.problems


def test_a_word_outside_the_vocabulary_is_told_by_file_row_and_field(edited):
    directory = edited("nerves", lambda rows: rows[11].update(depth_class="X"))
    (problem,) = problems(directory)
    assert problem.startswith("nerves.json row 12 (N012): depth_class: ")


def test_a_missing_field_is_told(edited):
    directory = edited("nerves", lambda rows: rows[0].pop("laterality"))
    assert problems(directory) == ("nerves.json row 1 (N001): laterality: is missing",)


def test_an_unknown_field_is_told(edited):
    directory = edited("nerves", lambda rows: rows[0].update(nickname="brow"))
    assert problems(directory) == ("nerves.json row 1 (N001): nickname: no such field",)


def test_a_snomed_code_may_not_be_shipped(edited):
    directory = edited("nerves", lambda rows: rows[0].update(snomed_code="10056005"))
    assert problems(directory) == ("nerves.json row 1 (N001): snomed_code: no such field",)


def test_a_number_written_as_text_is_told(edited):
    directory = edited("nerves", lambda rows: rows[0].update(points_min="1"))
    assert problems(directory) == ("nerves.json row 1 (N001): points_min: must be a whole number, not '1'",)


def test_a_code_there_twice_is_told(edited):
    directory = edited("nerves", lambda rows: rows[1].update(code="N001"))
    assert "nerves.json: the code 'N001' is there twice" in problems(directory)


def test_a_nerve_that_does_not_exist_is_told(edited):
    directory = edited("conditions", lambda rows: rows[0]["nerves"].append("N999"))
    assert problems(directory) == ("conditions.json row 1 (ACHILLES): nerves: 'N999' is in no row of nerves",)


def test_an_unknown_source_and_a_mark_of_another_shape_are_told(edited):
    def change(rows):
        rows[0]["source_mark"] = "[S106]"
        rows[1]["source_mark"] = "S6"

    told = problems(edited("point_types", change))
    assert told[0] == "point_types.json row 1 (bone_exit): source_mark: no source S106"
    assert told[1].startswith("point_types.json row 2 (piercing): source_mark: 'S6' is not made of")


def test_all_problems_are_told_at_once(edited):
    def change(rows):
        for row in rows[:3]:
            row["laterality"] = "both"

    assert len(problems(edited("nerves", change))) == 3


def test_a_file_that_is_no_json_or_is_missing_is_told(edited):
    directory = edited("nerves", lambda rows: None)
    (directory / "nerves.json").write_text("[{")
    (directory / "sources.json").unlink()
    told = problems(directory)
    assert any(problem.startswith("nerves.json: ") for problem in told)
    assert any(problem.startswith("sources.json: ") for problem in told)


def test_a_file_no_table_takes_is_told(edited):
    directory = edited("nerves", lambda rows: None)
    (directory / "muscles.json").write_text("[]")
    assert problems(directory) == ("muscles.json: no table takes this file",)


def test_an_instrument_without_a_primary_scale_is_told(edited):
    def change(rows):
        for row in rows:
            if row["code"] == "NRS:score":
                row["is_primary"] = False

    (problem,) = problems(edited("instrument_scales", change))
    assert problem.endswith("needs exactly one primary scale, has 0")
