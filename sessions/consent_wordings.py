"""The words a patient consents to, in our own words, each version kept for good; not legal advice.

What they must cover: domain.md §4 (off-label), §5.4, §8, §12. A changed text gets a new version; the old stays.
Each version is written twice: as the patient says it, and as somebody says it who signs for the patient.
"""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

CURRENT_VERSION = "2026-11"
# The language they are written in.
LANGUAGE = "en"
# Where the words of a guardian name the patient.
PATIENT_MARK = "{patient}"
BIRTH_DATE_MARK = "{birth_date}"

WORDINGS: dict[str, tuple[Promise | str, ...]] = {
    "2026-11": (
        _(
            "A series of small injections of a weak sugar solution is given beside nerves that hurt. "
            "The aim is less pain; it does not help everybody."
        ),
        _(
            "The solution is approved to be given into a vein. Giving it beside a nerve is not part of that approval; "
            "this is called off-label use. Research on it is still small."
        ),
        _("Other ways are: no treatment, exercises, tablets, or other injections. I may ask about each."),
        _(
            "Short soreness, a bruise or feeling faint are common. Infection, allergy (the sugar is made from maize), "
            "bleeding and injury of a nerve are rare."
        ),
        _("I have told the clinic about my allergies, illnesses, pregnancy and the medicines I take."),
        _("I may stop at any time, also during the treatment, and it will not be held against me."),
        _("What happens is written in my record. Photographs and research need a consent of their own."),
    )
}

GUARDIAN_WORDINGS: dict[str, tuple[Promise | str, ...]] = {
    "2026-11": (
        _(
            "I sign for {patient}, born {birth_date}, as parent, guardian or legal representative. "
            "I have the right to decide about this treatment."
        ),
        _("It was explained to {patient} as far as they can understand it, and their own wishes were heard."),
        *WORDINGS["2026-11"][:2],
        _("Other ways are: no treatment, exercises, tablets, or other injections. {patient} and I may ask about each."),
        WORDINGS["2026-11"][3],
        _(
            "I have told the clinic about {patient}’s allergies, illnesses, pregnancy and medicines, "
            "as far as I know them."
        ),
        _(
            "{patient} and I may each stop it at any time, also during the treatment. "
            "It will not be held against anybody."
        ),
        _("What happens is written in {patient}’s record. Photographs and research need a consent of their own."),
    )
}


def solutions_line(names: Iterable[str]) -> str:
    """Which solutions the words are about: the consent covers their classes, and no other."""
    return gettext("What may be injected: %(names)s.") % {"names": "; ".join(names)}


RISK_LINES: dict[str, Promise | str] = {
    "PTX": _("Near the lung: very rarely a needle lets air in beside the lung, which may need a hospital."),
    "EYE": _("Near the eye: swelling around the eye, and very rarely harm to sight."),
    "SPINE": _("Near the spine: very rarely headache, or injury of a deeper nerve."),
    "GEN": _("Near the intimate area: a chaperone may be in the room."),
}
