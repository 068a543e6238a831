from django.apps import AppConfig


class PitClinicConfig(AppConfig):
    name = "pitclinic"
    label = "pitclinic"

    def ready(self) -> None:
        from common import form_words
        from pitclinic import checks  # noqa: F401 - registers the system checks

        form_words.speak()
