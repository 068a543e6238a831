"""The words a patient consents to, in our own words, each version kept for good; not legal advice.

What they must cover: domain.md §4 (off-label), §5.4, §8, §12. A changed text gets a new version; the old stays.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CURRENT_VERSION = "2026-11"

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

RISK_LINES: dict[str, Promise | str] = {
    "PTX": _("Near the lung: very rarely a needle lets air in beside the lung, which may need a hospital."),
    "EYE": _("Near the eye: swelling around the eye, and very rarely harm to sight."),
    "SPINE": _("Near the spine: very rarely headache, or injury of a deeper nerve."),
    "GEN": _("Near the intimate area: I may have a chaperone with me."),
}
