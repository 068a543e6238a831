"""What a text must have to be signed, and what still counts as a slip of the pen."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from sessions.consent_wordings import PATIENT_MARK
from sessions.rules.consents import RISKS
from sessions.text_changes import changed_words, figures

# sessions/sql/safety_gate.sql refuses the same. A signed text has to name seven things (domain.md §5.4); nothing
# that names them is shorter, in any of the languages patients speak here.
CHARACTERS_AT_LEAST = 150
RISK_CHARACTERS_AT_LEAST = 15
# More words than this, or a figure, and the patient signed something else.
WORDS_OF_A_SLIP = 10


class ConsentRefusedError(Exception):
    """This cannot be done with a consent; the text says why."""


def problems(lines: Sequence[str], guardian_lines: Sequence[str], risk_lines: Mapping[str, str]) -> dict[str, str]:
    """What the text lacks: part → sentence."""
    found: dict[str, str] = {}
    for part, own in (("text", lines), ("guardian_text", guardian_lines)):
        length = len(" ".join(" ".join(own).split()))
        if length < CHARACTERS_AT_LEAST:
            found[part] = _(
                "This is too short to be a consent: %(length)s characters. It needs %(least)s at least, to say what is "
                "done, that it is off-label, other ways, the risks, the data, and that it can be stopped."
            ) % {"length": length, "least": CHARACTERS_AT_LEAST}
    if "guardian_text" not in found and PATIENT_MARK not in " ".join(guardian_lines):
        found["guardian_text"] = _("Say for whom it is signed: write %(mark)s where the patient’s name goes.") % {
            "mark": PATIENT_MARK
        }
    for risk in sorted(RISKS):
        if len(risk_lines.get(risk, "").strip()) < RISK_CHARACTERS_AT_LEAST:
            found[f"risk_{risk}"] = _("Each risk of a region needs its line, of %(least)s characters at least.") % {
                "least": RISK_CHARACTERS_AT_LEAST
            }
    return found


def check_correction(before: str, after: str) -> None:
    """Raises ``ConsentRefusedError`` where more than a slip changed: those who signed would have signed other words."""
    if figures(before) != figures(after):
        raise ConsentRefusedError(_("A figure changed, so this is a new wording: every patient signs again."))
    changed = changed_words(before, after)
    if changed > WORDS_OF_A_SLIP:
        raise ConsentRefusedError(
            _(
                "%(changed)s words changed. A minor correction changes %(most)s at most; put this in force as a new "
                "wording, which every patient signs again."
            )
            % {"changed": changed, "most": WORDS_OF_A_SLIP}
        )
