from django.urls import path

from accounts.views import audit_log, clinics, sign_ins

app_name = "accounts"
urlpatterns = [
    path("clinic/<uuid:membership_id>/switch/", clinics.switch, name="switch_clinic"),
    path("still-here/", sign_ins.still_here, name="still_here"),
    path("audit/", audit_log.audit_log, name="audit_log"),
    path("settings/people/<uuid:membership_id>/co-signature/", clinics.co_signature, name="co_signature"),
    path("settings/history/", clinics.history, name="clinic_history"),
    path("settings/", clinics.settings_page, name="settings"),
]
