"""Who saw and changed what."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.decorators import staff
from accounts.forms import AuditQuery
from accounts.permissions import Act
from accounts.queries import audit_page
from accounts.requests import StaffRequest, saw
from common.query_strings import read_query


@staff(Act.SEE_AUDIT)
def audit_log(request: StaffRequest) -> HttpResponse:
    query = read_query(AuditQuery, request)
    page = audit_page(request.actor, before=query.cleaned_data["before"], kind=query.cleaned_data["kind"])
    saw(request, "audit_auditevent")
    return render(request, "accounts/audit_log.html", {"page": page, "query": query})
