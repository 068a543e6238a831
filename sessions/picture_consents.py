"""What a patient agrees to before a photograph: a consent of its own (domain.md §12). A new text gets a new version."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CURRENT_VERSION = "2026-11"

WORDINGS: dict[str, tuple[Promise | str, ...]] = {
    "2026-11": (
        _("Photographs of the places that are treated may be taken and kept in my record."),
        _("Only people who treat me see them. For teaching, research or anything public I would be asked again."),
        _("I may say no, or take this back at any time; my treatment does not depend on it."),
        _("What is in a signed record stays there; no new photograph is taken after I have taken this back."),
    )
}
