"""Pages made of every shared part, drawn without a database."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template import Context, Engine, Template
from django.template.loader import get_template
from django.test import RequestFactory

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Clinic
from common.charts import Axis, Band, LineChart, Point, Reference, Series, line_chart

TEMPLATES = Path(__file__).parent / "templates"


class GalleryForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the card.")
    day = forms.DateField(label="Day")
    side = forms.ChoiceField(label="Side", choices=[("left", "Left"), ("right", "Right")])
    is_new = forms.BooleanField(label="First visit", required=False)
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 2}), required=False)


class PainForm(forms.Form):
    pain = forms.ChoiceField(
        label="Pain before", choices=[(str(n), str(n)) for n in range(11)], widget=forms.RadioSelect
    )


@dataclass
class Banner:
    name: str = "Aroha Example"
    age: str = "46 years"
    birth_date: date = date(1980, 3, 4)
    identifiers: list[tuple[str, str]] = field(default_factory=lambda: [("Number", "P-00042")])
    flags: list[tuple[str, str]] = field(
        default_factory=lambda: [
            ("bad", "Anticoagulant"),
            ("warn", "Needle fainting"),
            ("planned", "Interpreter"),
        ]
    )
    language: str = "English"
    url: str = "/"
    is_gone: bool = False


def chart() -> LineChart:
    trough = [(1, 7), (2, 6), (3, None), (4, 4), (5, 3)]
    peak = [(1, 3), (2, 2), (3, None), (4, 1), (5, 1)]
    return line_chart(
        title="Pain at each session",
        x_axis=Axis(title="Session", low=1, high=5, ticks=[(n, str(n)) for n in range(1, 6)]),
        y_axis=Axis(title="Pain 0-10", low=0, high=10),
        series=[
            Series(name="Before (trough)", points=[Point(x=x, y=y) for x, y in trough]),
            Series(name="After (peak)", points=[Point(x=x, y=y) for x, y in peak]),
        ],
        band=Band(low=5, high=7, label="less than a change that matters"),
        reference=Reference(y=4.4, label="sham arm, week 4"),
        better="Lower is better ↓",
        notes=["n = 4 of 5 sessions with a score."],
    )


def request_of(role: str | None) -> HttpRequest:
    request = RequestFactory().get("/")
    clinic = Clinic(name="Harbour Clinic", is_synthetic=True)
    request.actor = Actor(clinic=clinic, role=role, name="Sam Example") if role else None  # type: ignore[attr-defined]
    return request


def context_of(role: str | None = Role.CLINICIAN) -> dict[str, Any]:
    request = request_of(role)
    return {
        "request": request,
        "actor": request.actor,  # type: ignore[attr-defined]
        "demo_mode": True,
        "csrf_token": "token",
        "messages": [
            Message(constants.SUCCESS, "Moved to “in room”.", extra_tags="undo:/undo/"),
            Message(constants.WARNING, "The room is booked after this."),
            Message(constants.ERROR, "That slot was taken a moment ago."),
        ],
        "banner": Banner(),
        "statuses": [
            "booked",
            "confirmed",
            "arrived",
            "in_room",
            "observation",
            "done",
            "cancelled",
            "no_show",
            "p0",
            "p1",
            "signed",
        ],
        "form": GalleryForm({"name": ""}),
        "pain_form": PainForm({"pain": "4"}),
        "rows": [("Saphenous", "Left", 0.5, 7, "draft"), ("Sural", "Right", 1.25, 3, "signed")],
        "volume": 12.5,
        "page": Paginator(range(120), 25).page(2),
        "chart": chart(),
        "table": {
            "caption": "Scores by session",
            "columns": [("Session", False), ("Before", True), ("After", True)],
            "rows": [["1", 7, 3], ["2", 6, None]],
        },
        "lanes": ["Expected", "Arrived", "In room", "Observation", "Done"],
    }


def draw(name: str, **more: Any) -> str:
    """Render a project template, or one of the gallery's own."""
    context = context_of() | more
    own = TEMPLATES / name
    template = Template(own.read_text()) if own.exists() else get_template(name).template  # type: ignore[attr-defined]
    assert isinstance(Engine.get_default(), Engine)
    return template.render(Context(context))
