from django.urls import URLPattern, URLResolver, path

from sessions.views import injection_sessions, solution_lots

app_name = "sessions"
urlpatterns: list[URLPattern | URLResolver] = [
    path("visits/<uuid:appointment_id>/session/start/", injection_sessions.start, name="start"),
    path("sessions/<uuid:session_id>/", injection_sessions.edit, name="edit"),
    path("sessions/<uuid:session_id>/totals/", injection_sessions.totals, name="totals"),
    path("sessions/<uuid:session_id>/sign/", injection_sessions.sign, name="sign"),
    path("sessions/<uuid:session_id>/void/", injection_sessions.void, name="void"),
    path("sessions/<uuid:session_id>/record/", injection_sessions.view, name="view"),
    path("sessions/<uuid:session_id>/addenda/", injection_sessions.add_addendum, name="add_addendum"),
    path("stock/", solution_lots.shelf, name="lots"),
    path("stock/receive/", solution_lots.receive, name="receive_lot"),
    path("stock/<uuid:lot_id>/quarantine/", solution_lots.quarantine, name="quarantine_lot"),
    path("stock/<uuid:lot_id>/release/", solution_lots.release, name="release_lot"),
]
