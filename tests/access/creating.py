"""Every form that makes a thing: the page that holds it, what is typed into it, and what it makes.

And every other address that takes a POST, with what keeps a second one from making anything.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import ClinicOwned, Invitation, OnCallPerson
from catalogue.models import Solution, Technique
from patients.models import (
    Allergy,
    BodyWeight,
    ContactCode,
    ContactPoint,
    Identifier,
    Patient,
    PatientCondition,
    PatientImport,
    PatientMerge,
    RiskFlag,
)
from scheduling.models import (
    Appointment,
    AvailabilityBlock,
    CalendarFeed,
    CheckInTablet,
    Closure,
    Credential,
    Equipment,
    ExtraHours,
    FreedSlot,
    Leave,
    Room,
    RoomBlock,
    SlotOffer,
    VisitSeries,
    VisitType,
    WaitingEntry,
)
from scheduling.services import appointments, freed_slots, slot_holds, slot_offers, waiting_list
from sessions.models import (
    Addendum,
    Container,
    Course,
    LotRecall,
    Measure,
    Paper,
    Picture,
    PictureConsent,
    Preparation,
    RecallCall,
    RecallContact,
    Recipe,
    SideEffect,
    SolutionLot,
    StockMovement,
)
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import InjectionSessionFactory, PatientConditionFactory
from tests.factories.treatments import ProductFactory, SolutionLotFactory, a_container
from tests.scheduling.conftest import Practice, at
from tests.sessions.picture_files import a_jpeg

Made = dict[str, Any]
SOMEBODY = {"family_name": "Novak", "given_names": "Jana", "birth_date": "1980-05-17", "phone": "+49 30 1234567"}
DAY = "2026-09-12"


@dataclass(frozen=True)
class Form:
    """``page`` holds the form that is sent to ``to``; ``typed`` is its valid content, which makes one ``thing``."""

    thing: type[ClinicOwned]
    page: str
    to: str = ""
    typed: dict[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.to or self.page


def _to(name: str, *args: object) -> str:
    return reverse(name, args=args)


def _invite(practice: Practice, made: Made) -> Form:
    typed = {"full_name": "Jana Novak", "email": "jana@example.org", "role": "front_desk"}
    return Form(Invitation, _to("accounts:people"), _to("accounts:invite"), typed)


def _on_call(practice: Practice, made: Made) -> Form:
    typed = {"membership": practice.clinician.pk}
    return Form(OnCallPerson, _to("reminders:on_call"), _to("reminders:add_on_call"), typed)


def _register(practice: Practice, made: Made) -> Form:
    typed = SOMEBODY | {"sex": "female", "language": "de", "zone": "Europe/Berlin"}
    return Form(Patient, _to("patients:register"), typed=typed)


def _merge(practice: Practice, made: Made) -> Form:
    one, other = PatientFactory.create_batch(2, clinic=practice.clinic)
    versions = {f"version_{patient.pk}": patient.version for patient in (one, other)}
    return Form(
        PatientMerge,
        _to("patients:compare", one.pk, other.pk),
        _to("patients:merge-into-one", one.pk, other.pk),
        {"survivor": one.pk, "reason": "same person", **versions},
    )


def _import(practice: Practice, made: Made) -> Form:
    file = SimpleUploadedFile("people.csv", b"family_name,birth_date\nNovak,1980-05-17\n", content_type="text/csv")
    return Form(PatientImport, _to("patients:imports"), typed={"file": file})


def _contact(practice: Practice, made: Made) -> Form:
    return Form(ContactPoint, _to("patients:add-contact", practice.patient.pk), typed={"value": "+49 30 1234567"})


def _number(practice: Practice, made: Made) -> Form:
    typed = {"system": "national", "value": "N-1"}
    return Form(Identifier, _to("patients:add-number", practice.patient.pk), typed=typed)


def _code(practice: Practice, made: Made) -> Form:
    ids = (made["patient_id"], made["point_id"])
    return Form(ContactCode, _to("patients:detail", ids[0]), _to("patients:ask-code", *ids))


def _of_profile(thing: type[ClinicOwned], url_name: str, **typed: str) -> Callable[[Practice, Made], Form]:
    def form(practice: Practice, made: Made) -> Form:
        pk = practice.patient.pk
        return Form(thing, _to("patients:profile", pk), _to(f"patients:{url_name}", pk), typed)

    return form


def _calendar_link(practice: Practice, made: Made) -> Form:
    return Form(CalendarFeed, _to("scheduling:calendar_link"), _to("scheduling:make_calendar_link"))


def _chosen(practice: Practice, hour: int) -> str:
    return f"{at(hour).isoformat()}/{practice.clinician.pk}"


def _book(practice: Practice, made: Made) -> Form:
    typed = {"visit_type": practice.visit_type.pk, "chosen": _chosen(practice, 10)}
    return Form(Appointment, _to("scheduling:book", practice.patient.pk), typed=typed)


def _kept(practice: Practice, made: Made) -> Form:
    place = appointments.place_of(
        patient=None,
        clinician=practice.clinician,
        room=practice.room,
        visit_type=practice.visit_type,
        starts_at=at(11),
        by=practice.desk,
        now=timezone.now(),
    )
    hold = slot_holds.keep(place=place, by=practice.desk, now=timezone.now())
    typed = SOMEBODY | {"visits": "1", "every_days": "7"}
    return Form(Appointment, _to("scheduling:kept", hold.pk), typed=typed)


def _extend(practice: Practice, made: Made) -> Form:
    whose = {"clinic": practice.clinic, "patient": practice.patient, "visit_type": practice.visit_type}
    series = VisitSeries.objects.create(**whose, every_days=7)
    AppointmentFactory(**whose, series=series, clinician=practice.clinician, room=practice.room, starts_at=at(9))
    typed = {"visits": "1", "every_days": "7"}
    return Form(Appointment, _to("scheduling:extend_series", series.pk), typed=typed)


def _tablet(practice: Practice, made: Made) -> Form:
    return Form(CheckInTablet, _to("scheduling:tablets"), _to("scheduling:enrol_tablet"), {"name": "Front door"})


def _wish(practice: Practice, made: Made) -> Form:
    typed = {"visit_type": practice.visit_type.pk, "notice_hours": 2, "priority": 2}
    return Form(WaitingEntry, _to("scheduling:add_waiting", practice.patient.pk), typed=typed)


def _freed(practice: Practice) -> tuple[FreedSlot, WaitingEntry]:
    """A visit of this afternoon, cancelled a while ago, and somebody who waits."""
    then = timezone.now() - timedelta(minutes=10)
    visit = practice.book(starts_at=at(15), now=then)
    appointments.cancel(
        appointment=visit, by=practice.desk, now=then, version=visit.version, cancelled_by="patient", reason="ill"
    )
    freed_slots.find(by=practice.desk, now=timezone.now())
    entry = waiting_list.add(
        patient=practice.another_patient(), visit_type=practice.visit_type, by=practice.desk, now=then
    )
    return FreedSlot.objects.get(move__appointment=visit), entry


def _offer(practice: Practice, made: Made) -> Form:
    slot, entry = _freed(practice)
    return Form(SlotOffer, _to("scheduling:freed_slot", slot.pk), _to("scheduling:offer_by_hand", slot.pk, entry.pk))


def _accept(practice: Practice, made: Made) -> Form:
    slot, entry = _freed(practice)
    offer = slot_offers.make(slot=slot, entry=entry, by=practice.desk, now=timezone.now())
    return Form(Appointment, _to("scheduling:freed_slot", slot.pk), _to("scheduling:accept_offer", offer.pk))


def _walk_in(practice: Practice, made: Made) -> Form:
    return Form(Patient, _to("scheduling:walk_in"), _to("scheduling:register_walk_in"), SOMEBODY)


def _on_board(practice: Practice, made: Made) -> Form:
    typed = {"visit_type": practice.visit_type.pk, "clinician": practice.clinician.pk, "is_now": "on"}
    return Form(Appointment, _to("scheduling:put_on_board", practice.patient.pk), typed=typed)


def _set_up(thing: type[ClinicOwned], url_name: str, **typed: object) -> Callable[[Practice, Made], Form]:
    def form(practice: Practice, made: Made) -> Form:
        people = {"clinician": practice.clinician.pk}
        return Form(thing, _to(f"scheduling:{url_name}"), typed=people | typed)

    return form


def _credential(practice: Practice, made: Made) -> Form:
    technique = Technique.objects.order_by("-code")[0]
    typed = {"clinician": practice.clinician.pk, "technique": technique.pk, "valid_from_date": DAY}
    return Form(Credential, _to("scheduling:add_credential"), typed=typed)


def _addendum(practice: Practice, made: Made) -> Form:
    pk = made["signed_session_id"]
    typed = {"text": "The patient rang: all well."}
    return Form(Addendum, _to("sessions:view", pk), _to("sessions:add_addendum", pk), typed)


def _note(practice: Practice, made: Made) -> Form:
    pk = made["signed_session_id"]
    return Form(Paper, _to("sessions:view", pk), _to("sessions:make_note", pk))


def _letter(practice: Practice, made: Made) -> Form:
    typed = {"recipient": "Dr Who", "greeting": "Dear colleague,"}
    return Form(Paper, _to("sessions:letter", made["signed_session_id"]), typed=typed)


def _picture(practice: Practice, made: Made) -> Form:
    file = SimpleUploadedFile("knee.jpg", a_jpeg("blue"), content_type="image/jpeg")
    pk = made["session_id"]
    typed = {"kind": "ultrasound", "side": "left", "caption": "Knee", "file": file}
    return Form(Picture, _to("sessions:pictures", pk), _to("sessions:add_picture", pk), typed)


def _picture_consent(practice: Practice, made: Made) -> Form:
    session = InjectionSessionFactory(clinic=practice.clinic)
    typed = {"signed_name": "Aroha", "signed_as": "patient"}
    return Form(
        PictureConsent,
        _to("sessions:pictures", session.pk),
        _to("sessions:give_picture_consent", session.pk),
        typed,
    )


def _lot(practice: Practice, made: Made) -> Form:
    typed = {"product": made["product_id"], "lot_number": "LOT-1", "expiry_date": "2030-01-31", "quantity": 5}
    return Form(SolutionLot, _to("sessions:receive_lot"), typed=typed)


def _of_lot(name: str, **typed: Any) -> Callable[[Practice, Made], Form]:
    def form(practice: Practice, made: Made) -> Form:
        lot = SolutionLotFactory(clinic=practice.clinic, product=ProductFactory(clinic=practice.clinic), quantity=20)
        thing = LotRecall if name == "start_lot_recall" else StockMovement
        return Form(thing, _to(f"sessions:{name}", lot.pk), typed=typed)

    return form


def _recall_contact(practice: Practice, made: Made) -> Form:
    address = _to("sessions:contact_of_recall", made["lot_recall_id"], made["patient_id"])
    return Form(RecallContact, address, typed={"way": "phone", "outcome": "no_answer"})


def _mixture(practice: Practice, made: Made) -> Form:
    bag = a_container(practice.clinic, opened_at=timezone.now())
    solution = Solution.objects.get(code="D5W_BUF")
    typed = {"solution": solution.pk, "container_1": bag.pk, "ml_1": "20", "hours": "4"}
    return Form(Preparation, _to("sessions:prepare"), typed=typed)


def _recipe(practice: Practice, made: Made) -> Form:
    typed = {"name": "Ours", "solution": Solution.objects.get(code="D5W_PLAIN").pk, "hours": "4"}
    return Form(Recipe, _to("sessions:add_recipe"), typed={**typed, "substance_1": "dextrose", "percent_1": "5"})


def _container(practice: Practice, made: Made) -> Form:
    lot = SolutionLotFactory(clinic=practice.clinic, product=ProductFactory(clinic=practice.clinic), quantity=20)
    return Form(Container, _to("sessions:lots"), _to("sessions:open_container", lot.pk))


def _as_it_is(practice: Practice, made: Made) -> Form:
    bag = a_container(practice.clinic, opened_at=timezone.now())
    return Form(Preparation, _to("sessions:lots"), _to("sessions:use_container", bag.pk))


def _side_effect(practice: Practice, made: Made) -> Form:
    typed = {"source": "phone", "description": "Sore since yesterday"}
    return Form(SideEffect, _to("sessions:report_side_effect", practice.patient.pk), typed=typed)


def _course(practice: Practice, made: Made) -> Form:
    condition = PatientConditionFactory(clinic=practice.clinic)
    typed = {"condition": condition.pk, "planned_sessions": "8", "interval_days": "14"}
    return Form(Course, _to("sessions:open_course", condition.patient_id), typed=typed)


def _measure(practice: Practice, made: Made) -> Form:
    return Form(Measure, _to("sessions:measures", made["course_id"]), typed={"kind": "change", "change": "2"})


def _call(practice: Practice, made: Made) -> Form:
    address = _to("sessions:call_recall", made["recall_kind"], made["signed_session_id"])
    return Form(RecallCall, address, typed={"outcome": "no_answer"})


def _block_room(practice: Practice, made: Made) -> Form:
    typed = {"room": practice.room.pk, "first_day": DAY, "last_day": DAY, "reason": "Cleaning"}
    return Form(RoomBlock, _to("scheduling:block_room"), typed=typed)


CREATING: dict[str, Callable[[Practice, Made], Form]] = {
    "patients:register": _register,
    "patients:merge-into-one": _merge,
    "patients:imports": _import,
    "accounts:invite": _invite,
    "reminders:add_on_call": _on_call,
    "patients:add-contact": _contact,
    "patients:add-number": _number,
    "patients:ask-code": _code,
    "patients:add-condition": _of_profile(PatientCondition, "add-condition", name="Sore heel", side="left"),
    "patients:add-allergy": _of_profile(Allergy, "add-allergy", substance="other", substance_text="Plaster"),
    "patients:raise-flag": _of_profile(RiskFlag, "raise-flag", flag="diabetes"),
    "patients:record-weight": _of_profile(BodyWeight, "record-weight", weight_kg="71.5", measured_date="2026-09-01"),
    "scheduling:make_calendar_link": _calendar_link,
    "scheduling:book": _book,
    "scheduling:kept": _kept,
    "scheduling:extend_series": _extend,
    "scheduling:enrol_tablet": _tablet,
    "scheduling:add_waiting": _wish,
    "scheduling:offer_by_hand": _offer,
    "scheduling:accept_offer": _accept,
    "scheduling:register_walk_in": _walk_in,
    "scheduling:put_on_board": _on_board,
    "scheduling:add_equipment": _set_up(Equipment, "add_equipment", name="Ultrasound", quantity=1, is_active="on"),
    "scheduling:add_closure": _set_up(Closure, "add_closure", name="Holiday", first_day=DAY, last_day=DAY),
    "scheduling:add_extra_hours": _set_up(ExtraHours, "add_extra_hours", day=DAY, start_time="09:00", end_time="12:00"),
    "scheduling:add_credential": _credential,
    "scheduling:add_room": _set_up(Room, "add_room", name="Room B", capacity=1, is_active="on"),
    "scheduling:add_visit_type": _set_up(
        VisitType, "add_visit_type", name="Long talk", duration_minutes=50, turnover_minutes=10, is_active="on"
    ),
    "scheduling:add_hours": _set_up(
        AvailabilityBlock, "add_hours", weekdays=[5], start_time="10:00", end_time="12:00", valid_from_date=DAY
    ),
    "scheduling:block_room": _block_room,
    "scheduling:add_leave": _set_up(Leave, "add_leave", first_day=DAY, last_day=DAY),
    "sessions:add_addendum": _addendum,
    "sessions:make_note": _note,
    "sessions:letter": _letter,
    "sessions:add_picture": _picture,
    "sessions:give_picture_consent": _picture_consent,
    "sessions:receive_lot": _lot,
    "sessions:waste_lot": _of_lot("waste_lot", quantity=1, reason="broken"),
    "sessions:count_lot": _of_lot("count_lot", counted=3),
    "sessions:start_lot_recall": _of_lot("start_lot_recall", reason="by the maker"),
    "sessions:contact_of_recall": _recall_contact,
    "sessions:prepare": _mixture,
    "sessions:add_recipe": _recipe,
    "sessions:open_container": _container,
    "sessions:use_container": _as_it_is,
    "sessions:report_side_effect": _side_effect,
    "sessions:open_course": _course,
    "sessions:measures": _measure,
    "sessions:call_recall": _call,
}
