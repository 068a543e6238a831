from django.conf import settings
from django.urls import path

from reminders.views import messages, outbox, tomorrow

app_name = "reminders"
urlpatterns = [
    path("", messages.messages_page, name="messages"),
    path("tomorrow/", tomorrow.tomorrow, name="tomorrow"),
    path("patients/<uuid:patient_id>/", messages.patient_messages, name="patient"),
    path("<uuid:message_id>/send/", messages.send_now, name="send_now"),
    path("<uuid:message_id>/hold/", messages.hold, name="hold"),
    path("<uuid:message_id>/stop/", messages.stop, name="stop"),
    path("<uuid:message_id>/resume/", messages.resume, name="resume"),
]
if settings.DEMO_MODE:
    urlpatterns.append(path("outbox/", outbox.outbox, name="outbox"))
