"""The request of a signed-in member, as the views see it."""

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.actors import Actor
from accounts.choices import ExportKind
from audit.services.audit_events import View


class StaffRequest(HttpRequest):
    """A request that passed ``@staff``: it has an actor; what its view showed is recorded after the answer."""

    actor: Actor
    audit_views: list[View]
    htmx: HtmxDetails
    leads_to: str | None


def saw(request: StaffRequest, table: str, *, row_id: UUID | None = None, patient_id: UUID | None = None) -> None:
    """Note that this answer shows the row of ``table``; the audit trail records it once the answer stands."""
    request.audit_views.append(View(table=table, row_id=row_id, patient_id=patient_id))


def saw_patient(request: StaffRequest, table: str, patient_id: UUID) -> None:
    """Note that this answer is about the patient, unless it says so already; of a part of a page once an hour."""
    if any(view.patient_id == patient_id for view in request.audit_views):
        return
    if request.htmx:
        saw_list(request, table, [patient_id])
    else:
        saw(request, table, patient_id=patient_id)


def saw_list(request: StaffRequest, table: str, patient_ids: Iterable[UUID | None]) -> None:
    """Note that this answer lists rows of ``table``, of these patients; nothing, where it lists nobody's."""
    shown = tuple({one for one in patient_ids if one is not None})
    if shown:
        request.audit_views.append(View(table=table, patient_ids=shown, details={"listed": len(shown)}))


def exported(
    request: StaffRequest,
    table: str,
    *,
    what: ExportKind,
    of: str = "",
    patient_id: UUID | None = None,
    patient_ids: Iterable[UUID | None] = (),
    rows: int = 0,
) -> None:
    """Note that this answer is an export of ``rows`` rows of ``table``, of this patient or of these.

    ``of`` is the day (as in ISO 8601) or the lot that the list is of.
    """
    listed = tuple({one for one in patient_ids if one is not None})
    view = View(
        table=table,
        patient_id=patient_id,
        patient_ids=listed,
        kind="export",
        details={"rows": rows, "what": what, "of": of},
    )
    request.audit_views.append(view)


def leads_to(request: StaffRequest, address: str) -> None:
    """Where a repeat of this form is sent, for an answer that is a page by itself (``@staff(…, once=True)``)."""
    request.leads_to = address


def made_nothing(request: StaffRequest) -> None:
    """This answer says why not, although it leads on: the same form may be sent again (``@staff(…, once=True)``)."""
    request.leads_to = ""
