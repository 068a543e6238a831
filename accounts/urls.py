from django.urls import path

from accounts.views import clinics

app_name = "accounts"
urlpatterns = [
    path("clinic/<uuid:membership_id>/switch/", clinics.switch, name="switch_clinic"),
]
