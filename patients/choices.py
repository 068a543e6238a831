"""The words the register uses."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sex(models.TextChoices):
    """FHIR's administrative gender."""

    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Unknown")


class Side(models.TextChoices):
    """Always the patient's own side."""

    LEFT = "left", _("Left")
    RIGHT = "right", _("Right")
    BILATERAL = "bilateral", _("Both sides")
    MIDLINE = "midline", _("Midline")


class ContactKind(models.TextChoices):
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")


class NumberKind(models.TextChoices):
    """Whose number it is. Imported numbers keep the address of their system instead."""

    CLINIC = "clinic", _("Clinic number")
    NATIONAL = "national", _("National number")
    PREVIOUS = "previous", _("Number elsewhere")


class VerifiedHow(models.TextChoices):
    """How it was found that a phone or mailbox is the patient's. Blank on rows verified before this was noted."""

    READ_BACK = "read_back", _("read back to the patient")
    CODE = "code", _("by a code the patient read out")
    LINK = "link", _("by the patient, from the link in the message")


class Purpose(models.TextChoices):
    """What a patient may allow a contact point to be used for (domain.md §13)."""

    CARE = "care", _("Care after a visit")
    APPOINTMENT = "appointment", _("Visits")
    RESEARCH = "research", _("Research")
    MARKETING = "marketing", _("News from the clinic")


class Departure(models.TextChoices):
    """Why somebody is a patient no more."""

    DECEASED = "deceased", _("Deceased")
    LEFT = "left", _("Left the clinic")


class Unreachable(models.TextChoices):
    """Why a patient cannot be written to."""

    DECEASED = "deceased", _("the patient has died")
    LEFT = "left", _("the patient has left the clinic")
    NO_GUARDIAN = "no_guardian", _("a minor, and the guardian has no usable e-mail address")
    NO_ADDRESS = "no_address", _("no usable e-mail address")
    SHARED_ADDRESS = "shared_address", _("the address is shared")
    NO_CONSENT = "no_consent", _("the patient did not allow it")


class Substance(models.TextChoices):
    """Allergies that change what may be injected or touched (domain.md §5)."""

    CORN = "corn", _("Corn (maize)")
    DEXTROSE = "dextrose", _("Dextrose")
    LOCAL_ANAESTHETIC = "local_anaesthetic", _("Local anaesthetic")
    CHLORHEXIDINE = "chlorhexidine", _("Chlorhexidine")
    LATEX = "latex", _("Latex")
    ADHESIVE = "adhesive", _("Adhesive (plasters)")
    OTHER = "other", _("Something else")


def allergy_words(substance: str, words: str) -> str:
    """An allergy as it is said everywhere: in its own words, and by its class where there are none. "Something else"
    is no word for anything."""
    label = str(Substance(substance).label)
    if not words or words.casefold() == label.casefold():
        return label
    return words if substance == Substance.OTHER else f"{words} ({label})"


class Flag(models.TextChoices):
    """Risks to see before a needle is lifted, and what the front desk needs to prepare (domain.md §5, §12)."""

    ANTICOAGULANT = "anticoagulant", _("Anticoagulant")
    ANTIPLATELET = "antiplatelet", _("Antiplatelet drug")
    BLEEDING_DISORDER = "bleeding_disorder", _("Bleeding disorder")
    PREGNANCY = "pregnancy", _("Pregnant")
    BREASTFEEDING = "breastfeeding", _("Breastfeeding")
    DIABETES = "diabetes", _("Diabetes")
    VASOVAGAL = "vasovagal", _("Has fainted with needles")
    NEEDLE_FEAR = "needle_fear", _("Fear of needles")
    IMMUNOSUPPRESSION = "immunosuppression", _("Immunosuppressed")
    RECENT_STEROID = "recent_steroid", _("Recent steroid injection")
    IMPLANT = "implant", _("Implant near a treated site")
    COPD = "copd", _("COPD")
    VERY_THIN = "very_thin", _("Very thin")
    CANCER_HISTORY = "cancer_history", _("History of cancer")
    FALL_RISK = "fall_risk", _("Risk of falling")
    CHAPERONE = "chaperone", _("Wants a chaperone")
    INTERPRETER = "interpreter", _("Needs an interpreter")


# What a role without clinical access may still see (domain.md §12: safety banners).
SAFETY_BANNER_FLAGS = frozenset({Flag.FALL_RISK, Flag.CHAPERONE, Flag.INTERPRETER, Flag.NEEDLE_FEAR, Flag.VASOVAGAL})
SAFETY_BANNER_SUBSTANCES = frozenset({Substance.LATEX, Substance.ADHESIVE, Substance.CHLORHEXIDINE})
