"""A page says the language it is written in: there is a catalogue for it, or it is in the product's own words."""

import re
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from accounts.choices import Role
from common import spoken_languages as languages
from common.languages import served, words_for, written_in

ROOT = Path(settings.BASE_DIR)
APPS = ("accounts", "audit", "catalogue", "common", "patients", "pitclinic", "portal", "reminders", "scheduling")


def test_a_language_is_offered_with_its_catalogue_alone():
    catalogues = {path.parent.parent.name for path in ROOT.glob("locale/*/LC_MESSAGES/django.po")}
    assert {code for code, _name in settings.LANGUAGES} <= catalogues | {settings.LANGUAGE_CODE}


def test_every_other_language_is_served_in_the_products_own(settings):
    for code in (*languages.CODES, languages.OTHER, "zh-hant", "", "nonsense", "en-AU"):
        assert served(code) == "en", code
    with words_for("ar"):
        assert (translation.get_language(), translation.get_language_bidi()) == ("en", False)
    settings.LANGUAGES = [("en", "English"), ("ar", "Arabic")]
    assert served("ar-eg") == "ar"


def test_it_is_said_in_which_languages_letters_are_written(settings, clinic, staff_client):
    """As many as there are catalogues, beside the language of a patient and in the settings: never one more."""
    client = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    only = "Letters are written in English, whatever language is chosen here."
    two = "Letters are written in English or German; whoever reads another language gets English."
    for offered, said in (([("en", "English")], only), ([("en", "English"), ("de", "German")], two)):
        settings.LANGUAGES = offered
        assert written_in() == said
        for name in ("patients:register", "accounts:settings"):
            assert said in client.get(reverse(name)).content.decode(), name


def test_words_are_put_into_a_language_through_that_door_alone():
    """The framework's own would switch the reading direction and the months to a language nobody translated into."""
    others = [
        str(path.relative_to(ROOT))
        for app in (*APPS, "sessions")
        for path in (ROOT / app).rglob("*.py")
        if re.search(r"translation\.(override|activate)\(", path.read_text(encoding="utf-8"))
    ]
    assert others == ["common/languages.py"]


def test_a_patient_can_speak_chinese_or_another_language_and_a_clinic_chinese_alone(clinic, staff_client):
    named = {code: languages.language_name(code) for code in ("zh", "zh-CN", "zh-cn", languages.OTHER, "xx")}
    assert named == {
        "zh": "Chinese",
        "zh-CN": "Chinese",
        "zh-cn": "Chinese",
        languages.OTHER: "Another language",
        "xx": "xx",
    }
    client = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    page = client.get(reverse("patients:register")).text
    assert '<option value="zh">Chinese</option>' in page
    assert f'<option value="{languages.OTHER}">Another language</option>' in page
    page = client.get(reverse("accounts:settings")).text
    assert '<option value="zh">Chinese</option>' in page
    assert "Another language" not in page
