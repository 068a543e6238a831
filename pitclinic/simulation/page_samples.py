"""One object of each kind to open pages with: the ones with most to show."""

from typing import Any

from django.db.models import Count, QuerySet

from accounts.models import Clinic, Membership
from common.tenancy import tenant
from patients.choices import ContactKind, NumberKind
from patients.models import ContactPoint, Identifier
from reminders.models import Message
from scheduling.choices import VisitStatus
from scheduling.models import Appointment, Room, VisitType
from sessions.models import Course, CourseReview, FollowUp, InjectionSession, Product, SideEffect, SolutionLot


def samples(clinic: Clinic) -> dict[str, str]:
    """Name of an address parameter → a value of this clinic; what does not exist is absent."""
    with tenant(clinic.pk, actor="command:bench"):
        session = _first(InjectionSession.objects.filter(clinic=clinic).signed().order_by("-signed_at"))
        busiest = (
            InjectionSession.objects.filter(clinic=clinic, signed_at__gte=session.signed_at.replace(month=1, day=1))
            .values("patient_id")
            .annotate(n=Count("pk"))
            .order_by("-n", "patient_id")
            .first()
            if session is not None
            else None
        )
        found: dict[str, Any] = {
            "patient_id": busiest["patient_id"] if busiest else None,
            "session_id": session and session.pk,
            # An address may want its own sample: a session is edited while it is a draft.
            "sessions:edit:session_id": _key(InjectionSession.objects.filter(clinic=clinic).drafts()),
            "sessions:sign:session_id": _key(InjectionSession.objects.filter(clinic=clinic).drafts()),
            "scheduling:move:appointment_id": _key(
                Appointment.objects.filter(clinic=clinic, status=VisitStatus.BOOKED).order_by("-starts_at")
            ),
            "appointment_id": session and session.appointment_id,
            "course_id": _key(Course.objects.filter(clinic=clinic, status="open").order_by("-started_date")),
            "review_id": _key(CourseReview.objects.filter(clinic=clinic).undecided().order_by("-raised_at", "id")),
            "lot_id": _key(SolutionLot.objects.filter(clinic=clinic, product__isnull=False).order_by("-expiry_date")),
            "product_id": _key(Product.objects.filter(clinic=clinic).order_by("name")),
            "side_effect_id": _key(SideEffect.objects.filter(clinic=clinic).open().order_by("-reported_at")),
            "follow_up_id": _key(FollowUp.objects.filter(clinic=clinic).outstanding().order_by("due_at")),
            "message_id": _key(Message.objects.filter(clinic=clinic).order_by("-due_at")),
            "room_id": _key(Room.objects.filter(clinic=clinic)),
            "visit_type_id": _key(VisitType.objects.filter(clinic=clinic)),
            "clinician_id": _key(Membership.objects.filter(clinic=clinic).clinicians()),
            "day": session and session.started_at.date().isoformat(),
        }
        phones = ContactPoint.objects.filter(clinic=clinic, kind=ContactKind.PHONE)
        phone = _first(phones.order_by("-created_at"))
        number = _first(Identifier.objects.filter(clinic=clinic, system=NumberKind.CLINIC).order_by("-value"))
        found["phone_tail"] = phone.value[-5:] if phone else "00000"
        found["clinic_number"] = number.value if number else "P-00001"
    found |= {"visit_id": found["appointment_id"], "date": found["day"], "injection_session_id": found["session_id"]}
    return {name: str(value) for name, value in found.items() if value is not None}


def _first(rows: QuerySet[Any]) -> Any:
    return rows.first()


def _key(rows: QuerySet[Any]) -> Any:
    return rows.values_list("pk", flat=True).first()
