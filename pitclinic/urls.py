"""Every address of the clinic. Each app brings its own; a view must say who may open it (``accounts.decorators``)."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from accounts.views import second_factors, sign_ins
from pitclinic.views import health, home, setting_index

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("", home.home, name="home"),
    path("account/2fa/totp/deactivate/", second_factors.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/2fa/webauthn/keys/<int:pk>/remove/", second_factors.remove_webauthn, name="mfa_remove_webauthn"),
    path("account/email/", sign_ins.email_addresses, name="account_email"),
    path("account/", include("allauth.urls")),
    path("settings/", setting_index.setting_index, name="settings"),
    path("", include("accounts.urls")),
    path("patients/", include("patients.urls")),
    path("schedule/", include("scheduling.urls")),
    path("", include("sessions.urls")),
    path("messages/", include("reminders.urls")),
    path("p/", include("portal.urls")),
]

if settings.DEMO_MODE:
    urlpatterns.append(path("demo/", include("pitclinic.demo_urls")))

handler400 = "pitclinic.views.errors.bad_request"
handler403 = "pitclinic.views.errors.permission_denied"
handler404 = "pitclinic.views.errors.page_not_found"
handler500 = "pitclinic.views.errors.server_error"
