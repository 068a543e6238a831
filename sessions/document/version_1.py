"""Version 1 of the signed document, as ``sessions_document_v1`` builds it. A key that is not there was not recorded."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from sessions.document.records import (
    Answer,
    Clinic,
    Consent,
    Course,
    Discharge,
    Lot,
    Named,
    Observation,
    Override,
    Part,
    Patient,
    Person,
    Picture,
    Place,
    Point,
    Preparation,
    Record,
    Score,
    Signature,
    Solution,
    Time,
    TimeOut,
    Withdrawal,
)
from sessions.dose_rules import Share

Json = Mapping[str, Any]
T = TypeVar("T")
UNKNOWN = ""


def read(d: Json) -> Record:
    preparations = {row["id"]: _preparation(row) for row in d.get("preparations", ())}
    needle, sharps = d["needle"], d["sharps"]
    return Record(
        version=d["version"],
        id=d["id"],
        record_version=int(d["record_version"]),
        clinic=_clinic(d["clinic"]),
        patient=_patient(d["patient"]),
        course=_if(d.get("course"), _course),
        clinician=_person(d["clinician"]),
        started=_time(d["started"]),
        begun=_if(d.get("begun"), _time),
        screened=_if(d.get("screened"), _time),
        first_injected=_if(d.get("first_injected"), _time),
        is_first_injection_stated=bool(d.get("is_first_injection_stated")),
        first_stated=_if(d.get("first_stated"), _time),
        first_restated=_if(d.get("first_restated"), _time),
        first_restated_by=_if(d.get("first_restated_by"), _person),
        ended=_if(d.get("ended"), _time),
        is_end_stated=bool(d.get("is_end_stated")),
        technique=_named(d["technique"]),
        guidance=d["guidance"],
        needle_gauge=_if(needle.get("gauge"), int),
        needle_length_mm=_if(needle.get("length_mm"), int),
        provoked_movement=d.get("provoked_movement", ""),
        amount_drawn_ml=_if(d.get("amount_drawn_ml"), Decimal),
        sharps_out=_if(sharps.get("out"), int),
        sharps_in=_if(sharps.get("in"), int),
        tray=_if(d.get("tray"), _named),
        consent=_if(d.get("consent"), _consent),
        withdrawals=_all(d.get("withdrawals"), _withdrawal),
        screening=_all(d.get("screening"), _answer),
        overrides=_all(d.get("overrides"), _override),
        time_outs=_all(d.get("time_outs"), _time_out),
        points=tuple(_point(row, preparations) for row in d.get("points", ())),
        cycles=tuple(_if(row.get("injected"), _time) for row in d.get("cycles", ())),
        scores=_all(d.get("scores"), _score),
        no_after_score_reason=d.get("no_after_score_reason", ""),
        observation=_observation(d["observation"]),
        discharge=_discharge(d["discharge"]),
        pictures=_all(d.get("pictures"), _picture),
        note=d.get("note", ""),
        signature=_if(d.get("signature"), _signature),
    )


def _if(value: Any, make: Callable[[Any], T]) -> T | None:
    return None if value is None else make(value)


def _all(rows: Sequence[Json] | None, make: Callable[[Json], T]) -> tuple[T, ...]:
    return tuple(make(row) for row in rows or ())


def _time(d: Json) -> Time:
    return Time(datetime.fromisoformat(d["utc"]), datetime.fromisoformat(d["words"]["local"]))


def _person(d: Json) -> Person:
    return Person(d["id"], d.get("words", {}).get("name", UNKNOWN))


def _named(d: Json) -> Named:
    words = d.get("words", {})
    return Named(d["id"], words.get("code", UNKNOWN), words.get("name", UNKNOWN))


def _clinic(d: Json) -> Clinic:
    words = d["words"]
    return Clinic(d["id"], *(words[name] for name in ("name", "sender_name", "address", "phone", "zone")))


def _patient(d: Json) -> Patient:
    words = d["words"]
    return Patient(
        id=d["id"],
        given_names=words["given_names"],
        family_name=words["family_name"],
        language=words["language"],
        birth_date=date.fromisoformat(words["birth_date"]),
        numbers=tuple((row["system"], row["value"]) for row in words.get("numbers", ())),
    )


def _course(d: Json) -> Course:
    words = d.get("words", {})
    return Course(d["id"], words.get("condition", UNKNOWN), words.get("side", ""), words.get("icd10cm", ""))


def _solution(d: Json) -> Solution:
    words = d.get("words", {})
    return Solution(
        id=d["id"],
        code=words.get("code", UNKNOWN),
        name=words.get("name", UNKNOWN),
        composition=words.get("composition", ""),
        dextrose_percent=_if(words.get("dextrose_percent"), Decimal),
        mannitol_percent=_if(words.get("mannitol_percent"), Decimal),
        anaesthetics=_all(words.get("anaesthetics"), _share),
    )


def _share(d: Json) -> Share:
    return Share(d["name"], _if(d.get("percent"), Decimal), _if(d.get("at_most"), Decimal))


def _lot(d: Json) -> Lot:
    words = d["words"]
    return Lot(
        id=d["id"],
        number=words["number"],
        use_by=date.fromisoformat(words["use_by"]),
        maker=words.get("maker", ""),
        product=words.get("product", ""),
        holds=_all(words["holds"], _share) if "holds" in words else None,
    )


def _preparation(d: Json) -> Preparation:
    return Preparation(
        id=d["id"],
        number=int(d["number"]),
        made_date=date.fromisoformat(d["made_date"]),
        made=_time(d["made"]),
        made_by=_person(d["made_by"]),
        beyond_use=_time(d["beyond_use"]),
        solution=_solution(d["solution"]),
        is_mixed=d["is_mixed"],
        recipe=d.get("recipe", ""),
        volume_ml=Decimal(d["volume_ml"]),
        measured_ph=_if(d.get("measured_ph"), Decimal),
        bicarbonate_ml=_if(d.get("bicarbonate_ml"), Decimal),
        bicarbonate_percent=_if(d.get("bicarbonate_percent"), Decimal),
        checked=_if(d.get("checked"), _time),
        checked_by=_if(d.get("checked_by"), _person),
        parts=_all(d.get("parts"), lambda part: Part(_lot(part["lot"]), Decimal(part["volume_ml"]))),
    )


def _point(d: Json, preparations: Mapping[str, Preparation]) -> Point:
    return Point(
        number=int(d["number"]),
        nerve=_named(d["nerve"]),
        side=d["side"],
        kind=_if(d.get("place"), _named),
        volume_ml=Decimal(d["volume_ml"]),
        depth=d["depth"],
        depth_mm=_if(d.get("depth_mm"), int),
        solution=_solution(d["solution"]),
        lot=_if(d.get("lot"), _lot),
        preparation=_if(d.get("preparation"), lambda key: preparations[key]),
        cycle=_if(d.get("cycle"), int),
        place=_if(d.get("figure"), lambda row: Place(row["code"], int(row["x"]), int(row["y"]))),
    )


def _consent(d: Json) -> Consent:
    return Consent(
        id=d["id"],
        given=_time(d["given"]),
        signed_name=d["signed_name"],
        signed_as=d["signed_as"],
        taken_by=_person(d["taken_by"]),
        interpreter_name=d.get("interpreter_name", ""),
        wording_version=d["wording_version"],
        is_drawn="drawn_sha256" in d,
        language=d.get("language", ""),
        read=tuple(d.get("read", ())),
        stated=_if(d.get("stated"), _time),
    )


def _answer(d: Json) -> Answer:
    """A question that the catalogue did not hold keeps its code as its name."""
    words = d.get("words", {})
    return Answer(
        item=d["item"],
        name=words.get("name", d["item"]),
        question=words.get("question", d["item"]),
        is_yes=d["is_yes"],
        is_concern=words.get("is_concern", False),
        detail=d.get("detail", ""),
    )


def _override(d: Json) -> Override:
    return Override(
        rule=d["rule"],
        subject=d.get("subject", ""),
        sentence=d["sentence"],
        reason_code=d.get("reason_code", ""),
        reason=d.get("reason", ""),
        by=_person(d["by"]),
        at=_time(d["at"]),
    )


def _time_out(d: Json) -> TimeOut:
    return TimeOut(
        items=tuple(d["items"]),
        said=tuple((label, text) for label, text in d["said"]),
        confirmed=_if(d.get("confirmed"), _time),
        confirmed_by=_if(d.get("confirmed_by"), _person),
        order=d.get("words", {}).get("order", ""),
    )


def _withdrawal(d: Json) -> Withdrawal:
    return Withdrawal(
        given=_time(d["given"]),
        signed_name=d["signed_name"],
        signed_as=d["signed_as"],
        withdrawn=_time(d["withdrawn"]),
        withdrawn_by=_person(d["withdrawn_by"]),
        said=d["said"],
    )


def _score(d: Json) -> Score:
    return Score(
        question=d["question"],
        moment=d["moment"],
        cycle=int(d["cycle"]),
        nerve=_if(d.get("nerve"), _named),
        side=d.get("side", ""),
        score=int(d["score"]),
        measured=_time(d["measured"]),
    )


def _picture(d: Json) -> Picture:
    return Picture(
        id=d["id"],
        kind=d["kind"],
        side=d["side"],
        caption=d.get("caption", ""),
        sha256=d["sha256"],
        added=_time(d["added"]),
        added_by=_person(d["added_by"]),
    )


def _observation(d: Json) -> Observation:
    return Observation(_if(d.get("minutes"), int), _if(d.get("started"), _time), _if(d.get("ended"), _time))


def _discharge(d: Json) -> Discharge:
    return Discharge(
        is_walking=d.get("is_walking"),
        is_free_of_dizziness=d.get("is_free_of_dizziness"),
        has_dry_sites=d.get("has_dry_sites"),
        note=d.get("note", ""),
        checked=_if(d.get("checked"), _time),
        checked_by=_if(d.get("checked_by"), _person),
    )


def _signature(d: Json) -> Signature:
    rules = d.get("rules", {}).get("words")
    return Signature(
        signed=_time(d["signed"]),
        signed_by=_person(d["signed_by"]),
        statement=d["statement"],
        needs_co_signature=d.get("needs_co_signature", False),
        rules=_if(rules, lambda words: (words["version"], datetime.fromisoformat(words["made"]))),
    )
