"""The logo a clinic hands in."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.logos import Kept, re_encode
from common.picture_words import refusal_words
from common.pictures import NotAPictureError

UPLOAD = "accounts:logo"


class LogoForm(forms.Form):
    """``file`` comes out as what may be kept."""

    file = forms.FileField(
        label=gettext_lazy("Picture file"),
        allow_empty_file=True,
        help_text=gettext_lazy("A JPEG or PNG of at most 2 MB. It is printed up to 45 mm wide and 18 mm high."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png", "class": "form-control"}),
        error_messages={"required": gettext_lazy("Choose a picture file.")},
    )

    def clean_file(self) -> Kept:
        upload: UploadedFile[Any] = self.cleaned_data["file"]
        most = settings.UPLOAD_MAX_BYTES[UPLOAD]
        if (upload.size or 0) > most:
            raise ValidationError(_("The file is larger than %(size)s.") % {"size": filesizeformat(most)})
        try:
            return re_encode(upload.read())
        except NotAPictureError as error:
            raise ValidationError(refusal_words(error)) from error
