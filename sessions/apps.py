from django.apps import AppConfig


class SessionsConfig(AppConfig):
    """The label differs from the name: ``sessions`` is already Django's own label for sign-in sessions."""

    name = "sessions"
    label = "pit_sessions"
