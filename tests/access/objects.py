"""One object of each kind for every URL argument, in a clinic of one's own and in a foreign one."""

from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from PIL import Image

from accounts.actors import machine
from accounts.choices import Role
from accounts.logos import Kept
from accounts.models import Clinic, Invitation, Membership
from accounts.services import clinic_logos, invitations, on_call
from catalogue.models import Technique
from common.tenancy import tenant
from patients.models import (
    AlikePair,
    Allergy,
    ContactCode,
    ContactPoint,
    Identifier,
    Patient,
    PatientImport,
    PatientMerge,
    RiskFlag,
)
from patients.services import import_files, merges
from reminders.models import Message
from scheduling.models import (
    Appointment,
    AppointmentMove,
    AvailabilityBlock,
    CheckInTablet,
    Closure,
    Credential,
    Equipment,
    ExtraHours,
    FreedSlot,
    Leave,
    RoomBlock,
    SettingChange,
    SlotOffer,
    VisitSeries,
    WaitingEntry,
)
from sessions.models import (
    InjectionSession,
    LotRecall,
    Paper,
    Picture,
    PictureConsent,
    PictureContent,
    RecallContact,
    RuleProposal,
    SolutionLot,
    StockMovement,
)
from sessions.rules.settings import RuleSettings, as_json
from sessions.services import lot_changes
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import EmailFactory, PatientFactory
from tests.factories.scheduling import AppointmentFactory, RoomFactory, SlotHoldFactory, VisitTypeFactory
from tests.factories.sessions import (
    ConsentFactory,
    CourseFactory,
    CourseGoalFactory,
    CourseReviewFactory,
    FollowUpFactory,
    InjectionSessionFactory,
    MeasureFactory,
    PatientConditionFactory,
    SideEffectFactory,
    signed_session,
)
from tests.factories.treatments import (
    ProductFactory,
    SolutionLotFactory,
    a_container,
    a_preparation,
    a_recipe,
    actor_of,
)
from tests.sessions.stock import a_point

THEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

# URL name → argument → which of the objects below it means, where the argument's own name does not say it.
MEANT: dict[str, dict[str, str]] = {
    "accounts:co_signature": {"membership_id": "clinician_id"},
    "scheduling:setting_history": {"row_id": "room_id"},
    "patients:end-condition": {"row_id": "condition_id"},
    "patients:end-allergy": {"row_id": "allergy_id"},
    "patients:lower-flag": {"row_id": "flag_id"},
    "patients:confirm-flag": {"row_id": "flag_id"},
}


def _a_picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (9, 9)).save(out, "PNG")
    return out.getvalue()


def make(clinic: Clinic, sentinel: str) -> dict[str, Any]:
    """Everything a URL can name, of one patient who carries the sentinel in the name."""
    with tenant(clinic.pk, actor="test"):
        patient = PatientFactory(clinic=clinic, family_name=sentinel, given_names="Sam")
        other = PatientFactory(clinic=clinic, family_name=sentinel)
        whose = {"clinic": clinic, "patient": patient}
        visit = AppointmentFactory(**whose, starts_at=THEN, status="arrived")
        draft = InjectionSessionFactory(
            clinic=clinic,
            appointment=AppointmentFactory(**whose, starts_at=THEN + timedelta(hours=2), status="in_room"),
        )
        signed = signed_session(clinic=clinic, appointment__patient=patient, signed_at=THEN - timedelta(days=7))
        signed_session(
            clinic=clinic,
            appointment__patient=other,
            clinician=MembershipFactory(clinic=clinic, needs_co_signature=True),
            signed_at=THEN - timedelta(days=9),
        )
        clinician = visit.clinician
        course = CourseFactory(**whose)
        CourseGoalFactory(clinic=clinic, course=course)
        MeasureFactory(clinic=clinic, course=course)
        clinic_logos.keep(kept=Kept(_a_picture(), 9, 9), by=clinician.as_actor(), now=THEN)
        return {
            "patient_id": patient.pk,
            "other_patient_id": other.pk,
            "pair_id": _alike(clinic, patient, other).pk,
            "merge_id": _merge(clinic, clinician, sentinel).pk,
            "point_id": _point_with_code(patient).pk,
            "number_id": Identifier.objects.create(**whose, system="national", value=sentinel).pk,
            "condition_id": PatientConditionFactory(**whose).pk,
            "allergy_id": Allergy.objects.create(**whose, substance="corn", recorded_at=THEN).pk,
            "flag_id": RiskFlag.objects.create(**whose, flag="diabetes", recorded_at=THEN).pk,
            "appointment_id": visit.pk,
            "proposal_id": _proposal(clinic, clinician).pk,
            "consent_id": ConsentFactory(**whose).pk,
            "session_id": draft.pk,
            "signed_session_id": signed.pk,
            "course_id": course.pk,
            "review_id": CourseReviewFactory(clinic=clinic, injection_session=signed, course=course).pk,
            "picture_id": _picture(clinic, draft, clinician).pk,
            "picture_consent_id": _picture_consent(clinic, patient, clinician).pk,
            "paper_id": _paper(clinic, signed, clinician).pk,
            "side_effect_id": SideEffectFactory(**whose).pk,
            "follow_up_id": FollowUpFactory(clinic=clinic, injection_session=signed).pk,
            "product_id": (product := ProductFactory(clinic=clinic, name=f"{sentinel} bag")).pk,
            "lot_id": (lot := SolutionLotFactory(clinic=clinic, product=product)).pk,
            "container_id": (container := a_container(clinic, lot=lot, opened_at=THEN)).pk,
            "movement_id": _waste(clinic, lot, clinician).pk,
            "lot_recall_id": (recalled := _lot_recall(clinic, draft, clinician)).pk,
            "contact_id": _contact(recalled, patient, clinician).pk,
            "preparation_id": a_preparation(clinic, container, made_at=THEN).pk,
            "recipe_id": a_recipe(clinic, name=sentinel).pk,
            "room_id": RoomFactory(clinic=clinic).pk,
            "visit_type_id": VisitTypeFactory(clinic=clinic).pk,
            "block_id": _block(clinic, clinician).pk,
            "tablet_id": CheckInTablet.objects.create(clinic=clinic, name=sentinel).pk,
            "equipment_id": Equipment.objects.create(clinic=clinic, name=sentinel).pk,
            "closure_id": Closure.objects.create(
                clinic=clinic, name=sentinel, starts_at=THEN, ends_at=THEN + timedelta(days=1)
            ).pk,
            "extra_id": ExtraHours.objects.create(
                clinic=clinic, clinician=clinician, day=date(2026, 3, 7), start_time=time(9), end_time=time(12)
            ).pk,
            "credential_id": Credential.objects.create(
                clinic=clinic,
                clinician=clinician,
                technique=Technique.objects.order_by("code")[0],
                valid_from_date=date(2026, 1, 1),
            ).pk,
            "leave_id": (leave := _leave(clinic, clinician)).pk,
            "room_block_id": RoomBlock.objects.create(
                clinic=clinic,
                room=RoomFactory(clinic=clinic),
                starts_at=THEN,
                ends_at=THEN + timedelta(hours=1),
                reason=sentinel,
            ).pk,
            "change_id": _setting_change(clinic, leave, visit).pk,
            "hold_id": SlotHoldFactory(clinic=clinic, starts_at=THEN + timedelta(days=400)).pk,
            "batch_id": _batch(visit),
            "series_id": _series(visit).pk,
            "entry_id": (entry := a_wish(clinic, patient, visit.visit_type)).pk,
            "slot_id": (slot := _freed_slot(clinic, visit)).pk,
            "offer_id": _slot_offer(clinic, entry, slot).pk,
            "message_id": _message(clinic, signed).pk,
            "import_id": _import(clinic),
            "membership_id": _member(clinic).pk,
            "invitation_id": _invitation(clinic, sentinel).pk,
            "clinician_id": clinician.pk,
            "person_id": on_call.add(by=clinician.as_actor(), membership_id=clinician.pk, mobile="").pk,
            "recall_kind": "not_booked",
            "setting": "room",
            "version": 1,
        }


def _import(clinic: Clinic) -> UUID:
    """A file with a row that came back."""
    kept = import_files.files().save(f"{clinic.pk}/{uuid4().hex}", ContentFile(b'\xef\xbb\xbf"What is wrong"\r\n'))
    told = {"file_name": "a.csv", "file_key": "a", "returned_key": kept, "returned_rows": 1}
    return PatientImport.objects.create(clinic=clinic, kind="csv", **told).pk


def _waste(clinic: Clinic, lot: SolutionLot, member: Membership) -> StockMovement:
    fields = {"kind": "wasted", "change": -1, "reason": "broken", "moved_at": THEN, "moved_by": member}
    return StockMovement.objects.create(clinic=clinic, lot=lot, **fields)


def _lot_recall(clinic: Clinic, draft: InjectionSession, member: Membership) -> LotRecall:
    """Of a lot that the patient of the draft received."""
    lot = SolutionLotFactory(clinic=clinic, product=ProductFactory(clinic=clinic))
    a_point(draft, lot=lot)
    lot_changes.quarantine(lot=lot, reason="x", by=actor_of(member), now=THEN)
    return LotRecall.objects.create(clinic=clinic, lot=lot, reason="x", started_at=THEN, started_by=member)


def _contact(recalled: LotRecall, patient: Patient, member: Membership) -> RecallContact:
    how = {"way": "phone", "outcome": "reached", "contacted_at": THEN, "contacted_by": member}
    return RecallContact.objects.create(clinic=recalled.clinic, lot_recall=recalled, patient=patient, **how)


def _member(clinic: Clinic) -> Membership:
    member: Membership = MembershipFactory(clinic=clinic, role=Role.FRONT_DESK)
    Authenticator.objects.create(user=member.user, type=Authenticator.Type.TOTP, data={})
    return member


def _invitation(clinic: Clinic, sentinel: str) -> Invitation:
    email = f"{sentinel.lower()}@example.org"
    return invitations.invite(by=machine(clinic, "test"), now=THEN, email=email, full_name=sentinel, role="auditor")


def _proposal(clinic: Clinic, clinician: Membership) -> RuleProposal:
    """One waits at a time."""
    fields = {"settings": as_json(RuleSettings()), "base_version": 0, "reason": "Our needles are wider"}
    asked = {"asked_at": THEN, "asked_by": clinician}
    proposal, _is_new = RuleProposal.objects.get_or_create(clinic=clinic, decided_at=None, defaults=fields | asked)
    return proposal


def _block(clinic: Clinic, clinician: Membership) -> AvailabilityBlock:
    """Works all day and every day, so that today's board asks the same on a Tuesday evening as on a Monday morning."""
    hours = {"start_time": time(0), "end_time": time(23, 59), "valid_from_date": date(2026, 1, 1)}
    whose = {"clinic": clinic, "clinician": clinician}
    monday, *_others = [AvailabilityBlock.objects.create(**whose, **hours, weekday=weekday) for weekday in range(7)]
    return monday


def _series(visit: Appointment) -> VisitSeries:
    series = VisitSeries.objects.create(clinic=visit.clinic, patient=visit.patient, visit_type=visit.visit_type)
    AppointmentFactory(clinic=visit.clinic, patient=visit.patient, series=series, starts_at=THEN + timedelta(days=300))
    return series


def _batch(visit: Appointment) -> UUID:
    """One act on a visit, as on several."""
    AppointmentMove.objects.create(
        clinic=visit.clinic, appointment=visit, to_status="booked", moved_at=THEN, batch_id=visit.pk
    )
    return visit.pk


def _leave(clinic: Clinic, clinician: Membership) -> Leave:
    return Leave.objects.create(clinic=clinic, clinician=clinician, starts_at=THEN, ends_at=THEN + timedelta(days=1))


def _setting_change(clinic: Clinic, leave: Leave, visit: Appointment) -> SettingChange:
    return SettingChange.objects.create(
        clinic=clinic, kind="leave", row_id=leave.pk, title="Leave", visits=[visit.pk], made_at=THEN
    )


def _alike(clinic: Clinic, *patients: Patient) -> AlikePair:
    one, other = sorted(patients, key=lambda patient: patient.pk)
    return AlikePair.objects.create(clinic=clinic, one=one, other=other, is_same_contact=True, strength=2)


def _point_with_code(patient: Patient) -> ContactPoint:
    point: ContactPoint = EmailFactory(patient=patient)
    ContactCode.objects.create(
        clinic=patient.clinic,
        contact_point=point,
        nonce=bytes(16),
        code_hash=bytes(32),
        asked_at=THEN,
        expires_at=THEN + timedelta(minutes=10),
    )
    return point


def _merge(clinic: Clinic, member: Membership, sentinel: str) -> PatientMerge:
    survivor, merged = PatientFactory.create_batch(2, clinic=clinic, family_name=sentinel)
    by = member.as_actor()
    return merges.merge(by=by, now=THEN, survivor_id=survivor.pk, merged_id=merged.pk, reason=f"the one {sentinel}")


def a_wish(clinic: Clinic, patient: Any, visit_type: Any) -> WaitingEntry:
    return WaitingEntry.objects.create(clinic=clinic, patient=patient, visit_type=visit_type, since=THEN)


def _freed_slot(clinic: Clinic, visit: Any) -> FreedSlot:
    move = AppointmentMove.objects.create(clinic=clinic, appointment=visit, to_status="cancelled", moved_at=THEN)
    starts_at = THEN + timedelta(days=3650)
    ends_at = starts_at + timedelta(minutes=30)
    return FreedSlot.objects.create(
        clinic=clinic, move=move, clinician=visit.clinician, starts_at=starts_at, ends_at=ends_at, freed_at=THEN
    )


def _slot_offer(clinic: Clinic, entry: WaitingEntry, slot: FreedSlot) -> SlotOffer:
    when = {"starts_at": slot.starts_at, "ends_at": slot.ends_at}
    hold = SlotHoldFactory(clinic=clinic, clinician=slot.clinician, visit_type=entry.visit_type, **when)
    return SlotOffer.objects.create(
        clinic=clinic,
        patient=entry.patient,
        entry=entry,
        freed_slot=slot,
        hold=hold,
        clinician=slot.clinician,
        offered_at=THEN,
        expires_at=THEN + timedelta(minutes=30),
        **when,
    )


def _message(clinic: Clinic, session: Any) -> Message:
    return Message.objects.create(
        clinic=clinic,
        patient=session.patient,
        injection_session=session,
        step="check_24h",
        dedupe_key=f"walk:{session.pk}",
        due_at=THEN,
        next_at=THEN,
        expires_at=THEN + timedelta(days=7),
    )


def _paper(clinic: Clinic, session: Any, member: Membership) -> Paper:
    return Paper.objects.create(
        clinic=clinic,
        injection_session=session,
        kind="note",
        of_status="signed",
        made_at=THEN,
        made_by=member,
        pdf=b"%PDF-1.7 " + session.patient.family_name.encode(),
    )


def _picture(clinic: Clinic, session: Any, member: Membership) -> Picture:
    image = b"\xff\xd8\xff" + session.patient.family_name.encode()
    picture = Picture.objects.create(
        clinic=clinic,
        injection_session=session,
        kind="ultrasound",
        side="left",
        caption=session.patient.family_name,
        width=1,
        height=1,
        sha256=sha256(image).hexdigest(),
        added_at=THEN,
        added_by=member,
    )
    PictureContent.objects.create(clinic=clinic, picture=picture, image=image, thumbnail=image)
    return picture


def _picture_consent(clinic: Clinic, patient: Any, member: Membership) -> PictureConsent:
    return PictureConsent.objects.create(
        clinic=clinic, patient=patient, wording_version="1", signed_name="Sam", given_at=THEN, taken_by=member
    )


def nobody(like: dict[str, Any]) -> dict[str, Any]:
    """Ids that no row has, for the same arguments."""
    return {argument: value if isinstance(value, int) else uuid4() for argument, value in like.items()}


def value_for(name: str, argument: str, values: dict[str, Any]) -> Any:
    """The object a URL's argument means; an argument nobody makes an object for fails the walk."""
    key = MEANT.get(name, {}).get(argument, argument)
    assert key in values, f"{name}: tests/access/objects.py makes no {key}"
    return values[key]
