"""Only in demo mode: sign in as anybody with one click."""

from django.urls import path

from pitclinic.views import demo

app_name = "demo"
urlpatterns = [
    path("", demo.people, name="people"),
    path("sign-in/<uuid:membership_id>/", demo.sign_in, name="sign_in"),
]
