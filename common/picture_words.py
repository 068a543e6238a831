"""Why a picture is refused, as the person reads it who chose it."""

from django.utils.translation import gettext as _

from common.pictures import HighDynamicRangeError, MovingPictureError, NotAPictureError, TooManyPixelsError


def refusal_words(error: NotAPictureError) -> str:
    match error:
        case TooManyPixelsError():
            return _("The picture has too many pixels to be read.")
        case MovingPictureError():
            return _("The picture moves. Choose a still one.")
        case HighDynamicRangeError():
            return _(
                "The picture is in HDR and would look wrong here. Save it as an ordinary JPEG or PNG and try again."
            )
        case _:
            return _("This is no JPEG or PNG picture, or it is damaged.")
