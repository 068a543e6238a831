"""The reviewed data files: read, and checked row by row before a table is touched."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models

from catalogue import models as tables
from catalogue.models.entries import SOURCE_MARK, CatalogueEntry

if TYPE_CHECKING:
    Column = models.Field[Any, Any]
else:
    Column = models.Field

DATA = Path(__file__).resolve().parent.parent / "data"

# In this order: a row names only rows of files above it.
FILES: Mapping[str, type[CatalogueEntry]] = {
    "sources": tables.Source,
    "body_regions": tables.BodyRegion,
    "point_types": tables.PointType,
    "techniques": tables.Technique,
    "search_terms": tables.SearchTerm,
    "nerves": tables.Nerve,
    "nerve_figures": tables.NerveFigure,
    "nerve_anchors": tables.NerveAnchor,
    "conditions": tables.Condition,
    "condition_codes": tables.ConditionCode,
    "solutions": tables.Solution,
    "solution_anaesthetics": tables.SolutionAnaesthetic,
    "local_anaesthetic_maximums": tables.LocalAnaestheticMaximum,
    "instruments": tables.Instrument,
    "instrument_scales": tables.InstrumentScale,
    "instrument_thresholds": tables.InstrumentThreshold,
    "instrument_items": tables.InstrumentItem,
    "studies": tables.Study,
    "study_results": tables.StudyResult,
    "adverse_event_types": tables.AdverseEventType,
    "danger_signs": tables.DangerSign,
    "screening_items": tables.ScreeningItem,
    "care_messages": tables.CareMessage,
}

# A clinic imports these itself; a data file that names one is refused.
CLINIC_IMPORTED = frozenset({"snomed_code"})

JSON_TYPES: tuple[tuple[type[Column], tuple[type, ...], str], ...] = (
    (models.BooleanField, (bool,), "true or false"),
    (models.IntegerField, (int,), "a whole number"),
    (models.DecimalField, (int, Decimal), "a number"),
    (models.CharField, (str,), "a text"),
    (models.TextField, (str,), "a text"),
    (models.TimeField, (str,), "a time as text"),
    (models.ForeignKey, (str,), "a code"),
)
LIST = (list,), "a list"


class CatalogueError(Exception):
    """The data files are not fit to load. `problems` name file, row and field; nothing was written."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class Row:
    """`values` are ready for the model; `parents` and `links` still hold the codes of other rows."""

    place: str
    code: str
    values: dict[str, Any] = field(default_factory=dict)
    parents: dict[str, str | None] = field(default_factory=dict)
    links: dict[str, tuple[str, ...]] = field(default_factory=dict)


Catalogue = dict[str, list[Row]]


def read(directory: Path = DATA) -> Catalogue:
    """All rows of all files. Raises CatalogueError with every problem found, not only the first."""
    problems: list[str] = []
    catalogue = {stem: _read_file(directory / f"{stem}.json", model, problems) for stem, model in FILES.items()}
    problems += [f"{p.name}: no table takes this file" for p in directory.glob("*.json") if p.stem not in FILES]
    if not problems:
        problems += _problems_between_rows(catalogue)
    if problems:
        raise CatalogueError(problems)
    return catalogue


def _read_file(path: Path, model: type[CatalogueEntry], problems: list[str]) -> list[Row]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, ValueError) as error:
        problems.append(f"{path.name}: {error}")
        return []
    if not isinstance(content, list):
        problems.append(f"{path.name}: must hold a list of rows")
        return []
    rows = []
    for number, raw in enumerate(content, start=1):
        code = raw.get("code") if isinstance(raw, dict) else None
        place = f"{path.name} row {number} ({code or 'no code'})"
        if not isinstance(raw, dict):
            problems.append(f"{place}: must be an object")
            continue
        row = _read_row(place, raw, model, problems)
        rows.append(row)
    twice = [code for code, times in Counter(row.code for row in rows).items() if times > 1]
    problems += [f"{path.name}: the code {code!r} is there twice" for code in twice]
    return rows


def loadable_fields(model: type[CatalogueEntry]) -> Iterator[Column]:
    """The columns and links a data file fills."""
    for column in (*model._meta.concrete_fields, *model._meta.many_to_many):
        if column.editable and not column.primary_key and column.name not in CLINIC_IMPORTED:
            yield column


def _read_row(place: str, raw: dict[str, Any], model: type[CatalogueEntry], problems: list[str]) -> Row:
    columns = {column.name: column for column in loadable_fields(model)}
    problems += [f"{place}: {name}: no such field" for name in raw if name not in columns]
    row = Row(place=place, code=str(raw.get("code", "")))
    for name, column in columns.items():
        try:
            _read_value(row, column, raw.get(name), is_given=name in raw)
        except ValidationError as error:
            problems += [f"{place}: {name}: {message}" for message in error.messages]
    return row


def _read_value(row: Row, column: Column, value: Any, *, is_given: bool) -> None:
    if is_given:
        _check_json_type(column, value)
    elif not (column.blank or column.has_default()):
        raise ValidationError("is missing")
    if isinstance(column, models.ManyToManyField):
        row.links[column.name] = tuple(value or ())
    elif isinstance(column, models.ForeignKey):
        row.parents[column.name] = value
    else:
        row.values[column.name] = column.clean(value if is_given else column.get_default(), None)


def _check_json_type(column: Column, value: Any) -> None:
    kinds, words = next(((kinds, words) for cls, kinds, words in JSON_TYPES if isinstance(column, cls)), LIST)
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise ValidationError(f"must be {words}, not {value!r}")
    texts = value if isinstance(value, list) else [value]
    if any(isinstance(text, str) and (text != text.strip() or not text) for text in texts):
        raise ValidationError("is empty or has space around it: leave the field out, or trim it")
    if isinstance(value, list) and len(set(map(str, value))) < len(value):
        raise ValidationError("names something twice")


def _problems_between_rows(catalogue: Catalogue) -> Iterator[str]:
    codes = {FILES[stem]: {row.code for row in rows} for stem, rows in catalogue.items()}
    for stem, rows in catalogue.items():
        for row in rows:
            yield from _unknown_codes(row, FILES[stem], codes)
            yield from _bad_source_mark(row, codes[tables.Source])
    yield from _licence_problems(catalogue)
    yield from _scale_problems(catalogue)
    ladder = codes[tables.CareMessage]
    for row in catalogue["care_messages"]:
        if row.values["merged_into_code"] and row.values["merged_into_code"] not in ladder:
            yield f"{row.place}: merged_into_code: no such message"


def _unknown_codes(
    row: Row, model: type[CatalogueEntry], codes: Mapping[type[CatalogueEntry], set[str]]
) -> Iterator[str]:
    named = {**row.links, **{name: (code,) for name, code in row.parents.items() if code}}
    for name, wanted in named.items():
        target = model._meta.get_field(name).related_model
        for code in wanted:
            if code not in codes[target]:  # type: ignore[index]
                yield f"{row.place}: {name}: {code!r} is in no row of {target._meta.verbose_name_plural}"  # type: ignore[union-attr]


def _bad_source_mark(row: Row, sources: set[str]) -> Iterator[str]:
    mark = row.values["source_mark"]
    if not re.match(SOURCE_MARK, mark):
        yield f"{row.place}: source_mark: {mark!r} is not made of [S12], [S12 clinic], [GK] and [DEF]"
    for code in re.findall(r"\[(S\d+)", mark):
        if code not in sources:
            yield f"{row.place}: source_mark: no source {code}"


def _licence_problems(catalogue: Catalogue) -> Iterator[str]:
    shipped = {row.code for row in catalogue["instruments"] if row.values["text_shipped"]}
    for row in catalogue["instruments"]:
        is_free = row.values["licence_status"] == "GREEN"
        if row.code in shipped and not is_free and not row.values["permission_reference"]:
            yield f"{row.place}: text_shipped: {row.values['licence_status']} without a permission on file"
    for row in catalogue["instrument_items"]:
        if row.parents["instrument"] not in shipped:
            yield f"{row.place}: text: {row.parents['instrument']} may not ship its text"


def _scale_problems(catalogue: Catalogue) -> Iterator[str]:
    scales = catalogue["instrument_scales"]
    primary = Counter(row.parents["instrument"] for row in scales if row.values["is_primary"])
    for row in catalogue["instruments"]:
        if primary[row.code] != 1:
            yield f"{row.place}: needs exactly one primary scale, has {primary[row.code]}"
