from django.urls import path

from accounts.views import clinics, invitations, logos, people, shortcuts, sign_ins

app_name = "accounts"
_PERSON = "settings/people/<uuid:membership_id>/"
_INVITATION = "settings/people/invitations/<uuid:invitation_id>/"
urlpatterns = [
    path("clinic/<uuid:membership_id>/switch/", clinics.switch, name="switch_clinic"),
    path("invitation/<str:key>/", invitations.invitation, name="invitation"),
    path("shortcuts/", shortcuts.switch, name="shortcuts"),
    path("still-here/", sign_ins.still_here, name="still_here"),
    path("settings/people/", people.people, name="people"),
    path("settings/people/invite/", people.invite, name="invite"),
    path(f"{_INVITATION}send/", people.resend_invitation, name="resend_invitation"),
    path(f"{_INVITATION}withdraw/", people.withdraw_invitation, name="withdraw_invitation"),
    path(_PERSON, people.person, name="person"),
    path(f"{_PERSON}co-signature/", people.co_signature, name="co_signature"),
    path(f"{_PERSON}second-step/", people.reset_second_factor, name="reset_second_factor"),
    path("settings/history/", clinics.history, name="clinic_history"),
    path("settings/clinic/logo/", logos.logo, name="logo"),
    path("settings/clinic/logo/image/", logos.image, name="logo_image"),
    path("settings/clinic/logo/remove/", logos.remove, name="remove_logo"),
    path("settings/clinic/undo/", clinics.undo_details, name="undo_details"),
    path("settings/clinic/", clinics.settings_page, name="settings"),
]
