from django.urls import path

from portal.views import check_ins, doors, offers

app_name = "portal"
urlpatterns = [
    path("start/", check_ins.start, name="start"),
    path("pain/", check_ins.pain, name="pain"),
    path("relief/", check_ins.relief, name="relief"),
    path("relief/end/", check_ins.relief_end, name="relief_end"),
    path("change/", check_ins.change, name="change"),
    path("worry/", check_ins.worry, name="worry"),
    path("done/", check_ins.done, name="done"),
    path("offer/", offers.offer, name="offer"),
    path("sent/", doors.sent, name="sent"),
    path("confirmed/", doors.confirmed, name="confirmed"),
    path("<str:key>/", doors.door, name="door"),
    path("<str:key>/again/", doors.again, name="again"),
]
