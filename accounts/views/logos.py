"""The clinic's logo: look at it, upload another, remove it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.logo_forms import LogoForm
from accounts.models import ClinicLogo
from accounts.permissions import Act
from accounts.requests import StaffRequest
from accounts.services import clinic_logos

_BYTES_ONLY = "default-src 'none'; sandbox"


@staff(Act.CHANGE_SETTINGS, methods=("GET", "POST"))
def logo(request: StaffRequest) -> HttpResponse:
    form = LogoForm(request.POST, request.FILES) if request.method == "POST" else LogoForm()
    if form.is_valid():
        clinic_logos.keep(kept=form.cleaned_data["file"], by=request.actor, now=timezone.now())
        messages.success(request, _("The logo is saved. New papers carry it."))
        return redirect("accounts:logo")
    found = (
        ClinicLogo.objects.filter(clinic_id=request.actor.clinic_id)
        .defer("image")
        .select_related("set_by__user")
        .first()
    )
    context = {"form": form, "logo": found}
    return render(request, "accounts/logo.html", context, status=422 if form.errors else 200)


@staff(Act.CHANGE_SETTINGS)
def image(request: StaffRequest) -> HttpResponse:
    found = ClinicLogo.objects.filter(clinic_id=request.actor.clinic_id).values_list("image", flat=True).first()
    if found is None:
        raise Http404
    headers = {
        "Content-Disposition": 'attachment; filename="logo.png"',
        "Content-Security-Policy": _BYTES_ONLY,
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(bytes(found), content_type="image/png", headers=headers)


@staff(Act.CHANGE_SETTINGS, methods=("POST",))
def remove(request: StaffRequest) -> HttpResponse:
    if clinic_logos.remove(by=request.actor):
        messages.success(request, _("The logo is removed. Papers that were made keep it."))
    else:
        messages.info(request, _("There is no logo."))
    return redirect("accounts:logo")
