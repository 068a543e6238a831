"""A link's key opens a door; behind it, each address names the clinic and the one check-in or offer it is about.

What an address says is neutral: it stays in the history of the phone.
"""

from django.urls import path

from portal.views import check_ins, doors, offers, worries

app_name = "portal"
_CHECK_IN = "<slug:code>/<uuid:check_in_id>/"
_OFFER = "<slug:code>/offer/<uuid:offer_id>/"
urlpatterns = [
    path(_CHECK_IN, check_ins.start, name="start"),
    path(f"{_CHECK_IN}1/", check_ins.pain, name="pain"),
    path(f"{_CHECK_IN}2/", check_ins.relief, name="relief"),
    path(f"{_CHECK_IN}2/when/", check_ins.relief_end, name="relief_end"),
    path(f"{_CHECK_IN}3/", check_ins.change, name="change"),
    path(f"{_CHECK_IN}report/", worries.worry, name="worry"),
    path(f"{_CHECK_IN}report/more/", worries.signs, name="signs"),
    path(f"{_CHECK_IN}report/call/", worries.call, name="call"),
    path(f"{_CHECK_IN}report/mistake/", worries.mistake, name="mistake"),
    path(f"{_CHECK_IN}end/", check_ins.done, name="done"),
    path(_OFFER, offers.offer, name="offer_start"),
    path(f"{_OFFER}report/", worries.offer_worry, name="offer_worry"),
    path(f"{_OFFER}report/more/", worries.offer_signs, name="offer_signs"),
    path(f"{_OFFER}report/call/", worries.offer_call, name="offer_call"),
    path(f"{_OFFER}report/mistake/", worries.offer_mistake, name="offer_mistake"),
    path(f"{_OFFER}end/", offers.done, name="offer_done"),
    path("<str:key>/", doors.door, name="door"),
    path("<str:key>/again/", doors.again, name="again"),
    path("<str:key>/sent/", doors.sent, name="sent"),
    path("<str:key>/confirmed/", doors.confirmed, name="confirmed"),
]
