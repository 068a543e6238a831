"""What the page shows while somebody types: sums, anaesthetic, findings and time-out of what stands in the fields."""

from dataclasses import replace
from typing import Any

from django.http import QueryDict

from sessions.drafts import Draft
from sessions.forms.injection_sessions import SessionForms
from sessions.forms.time_outs import TimeOutForm
from sessions.queries.session_facts import facts_of
from sessions.queries.typed_sessions import as_typed
from sessions.rules import findings
from sessions.rules.anaesthetic_load import anaesthetic_load
from sessions.views.consent_words import ConsentPart, consent_risks
from sessions.views.injection_session_pages import SessionPage


def as_it_is_typed(page: SessionPage, data: QueryDict) -> dict[str, Any]:
    """The context of the totals for a post of the whole page; nothing is stored."""
    if "points-TOTAL_FORMS" not in data:
        return {"totals": replace(page.loaded, points=[]).totals}
    choices = page.choices
    loaded = as_typed(
        page.loaded,
        _draft(page, page.forms(data)),
        lots=choices.lots,
        preparations=[tray.row for tray in choices.preparations],
        now=page.now,
    )
    facts = facts_of(loaded, now=page.now)
    return {
        "is_typed": True,
        "banner": page.banner,
        "totals": loaded.totals,
        "load": anaesthetic_load(facts),
        "live_reasons": page.reasons_form_of(findings(facts), data),
        "live_risks": consent_risks(loaded),
        "live_consents": ConsentPart(loaded, facts.consent_gaps),
        "live_time_out": TimeOutForm(data, card=loaded.time_out_card),
    }


def _draft(page: SessionPage, forms: SessionForms) -> Draft:
    """The page as typed; while a field is wrong, the points and answers that are right beside what is stored."""
    if forms.is_valid():
        return forms.draft()
    answers = forms.screening.answers() if forms.screening.is_valid() else page.stored.answers
    return replace(page.stored, points=tuple(forms.points.valid_rows()), answers=answers)
