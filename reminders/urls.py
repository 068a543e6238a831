from django.conf import settings
from django.urls import path

from reminders.views import alarm_pages, messages, on_call, outbox, tomorrow

app_name = "reminders"
urlpatterns = [
    path("", messages.messages_page, name="messages"),
    path("hold/end/", messages.end_hold, name="end_hold"),
    path("tomorrow/", tomorrow.tomorrow, name="tomorrow"),
    path("patients/<uuid:patient_id>/", messages.patient_messages, name="patient"),
    path("on-call/", on_call.people, name="on_call"),
    path("on-call/add/", on_call.add, name="add_on_call"),
    path("on-call/<uuid:person_id>/mobile/", on_call.change_mobile, name="on_call_mobile"),
    path("on-call/<uuid:person_id>/move/", on_call.move, name="move_on_call"),
    path("on-call/<uuid:person_id>/remove/", on_call.remove, name="remove_on_call"),
    path("on-call/<uuid:person_id>/test/", on_call.page_as_test, name="page_as_test"),
    path("pages/notice/", alarm_pages.notice, name="alarm_notice"),
    path("pages/<uuid:side_effect_id>/", alarm_pages.of_report, name="pages"),
    path("<uuid:message_id>/send/", messages.send_now, name="send_now"),
    path("<uuid:message_id>/hold/", messages.hold, name="hold"),
    path("<uuid:message_id>/stop/", messages.stop, name="stop"),
    path("<uuid:message_id>/resume/", messages.resume, name="resume"),
]
if settings.DEMO_MODE:
    urlpatterns.append(path("outbox/", outbox.outbox, name="outbox"))
