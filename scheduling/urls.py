from django.urls import path

from scheduling.views import appointments, boards, bookings, calendars, patients, set_up, steps

app_name = "scheduling"
urlpatterns = [
    path("today/", boards.today, name="today"),
    path("calendar/", calendars.calendar, name="calendar"),
    path("patients/<uuid:patient_id>/visits/", patients.patient_visits, name="patient_visits"),
    path("book/<uuid:patient_id>/", bookings.book, name="book"),
    path("visits/<uuid:appointment_id>/", appointments.appointment, name="appointment"),
    path("visits/<uuid:appointment_id>/move/", appointments.move, name="move"),
    path("visits/<uuid:appointment_id>/cancel/", appointments.cancel, name="cancel"),
    path("visits/<uuid:appointment_id>/status/", steps.change_status, name="change_status"),
    path("visits/<uuid:appointment_id>/undo/<int:version>/", steps.undo, name="undo"),
    path("set-up/", set_up.overview, name="set_up"),
    path("set-up/rooms/add/", set_up.room, name="add_room"),
    path("set-up/rooms/<uuid:room_id>/", set_up.room, name="change_room"),
    path("set-up/visit-types/add/", set_up.visit_type, name="add_visit_type"),
    path("set-up/visit-types/<uuid:visit_type_id>/", set_up.visit_type, name="change_visit_type"),
    path("set-up/hours/add/", set_up.hours, name="add_hours"),
    path("set-up/hours/<uuid:block_id>/remove/", set_up.remove_hours, name="remove_hours"),
    path("set-up/leave/add/", set_up.leave, name="add_leave"),
    path("set-up/leave/<uuid:leave_id>/remove/", set_up.remove_leave, name="remove_leave"),
]
