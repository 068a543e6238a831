"""Add a picture, agree to photographs, strike one out."""

from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.picture_words import refusal_words
from common.pictures import NotAPictureError
from sessions.choices import ConsentSigner, PictureKind, PointSide
from sessions.forms.dressing import dress
from sessions.pictures import re_encode

UPLOAD = "sessions:add_picture"
_ACCEPT = "image/jpeg,image/png"


class PictureForm(forms.Form):
    """Two ways to hand in one file: the camera at once, or one that is there. ``kept`` is what may be stored."""

    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=PictureKind, initial=PictureKind.ULTRASOUND)
    side = forms.ChoiceField(label=gettext_lazy("Side"), choices=[("", "–"), *PointSide.choices])
    caption = forms.CharField(label=gettext_lazy("Caption"), max_length=200, required=False)
    camera = forms.FileField(
        label=gettext_lazy("Take a photograph"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": _ACCEPT, "capture": "environment"}),
    )
    file = forms.FileField(
        label=gettext_lazy("Or choose a file"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": _ACCEPT}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "picture_%s", **kwargs})
        dress(self)

    @property
    def max_bytes(self) -> int:
        return settings.UPLOAD_MAX_BYTES[UPLOAD]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        upload = data.get("camera") or data.get("file")
        if upload is None:
            raise forms.ValidationError({"file": _("Take a photograph or choose a file.")})
        if upload.size > self.max_bytes:
            words = _("The file is larger than %(size)s.") % {"size": filesizeformat(self.max_bytes)}
            raise forms.ValidationError({"file": words})
        if not self.errors:
            data["kept"] = self._kept(upload.read())
        return data

    @staticmethod
    def _kept(content: bytes) -> Any:
        try:
            return re_encode(content)
        except NotAPictureError as error:
            raise forms.ValidationError({"file": refusal_words(error)}) from error


class PictureConsentForm(forms.Form):
    signed_name = forms.CharField(label=gettext_lazy("Signed by (full name)"), max_length=120)
    signed_as = forms.ChoiceField(label=gettext_lazy("Who consents"), choices=ConsentSigner)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "picture_consent_%s", **kwargs})
        dress(self)


class StrikeForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why it is struck out"), max_length=300)
