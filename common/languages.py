"""The language in which words are served: only one that has its own catalogue, so that ``lang`` says what is read.

Elsewhere a language is a fact about a person or a clinic. The framework brings month names and reading directions for
a hundred languages; with them alone a page would be English from right to left, with Arabic months.
"""

from contextlib import AbstractContextManager

from django.conf import settings
from django.utils import translation
from django.utils.text import get_text_list
from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext as _

from common.spoken_languages import CODES, language_name


def served(code: str) -> str:
    """The language of the catalogue for ``code``, else the one the product is written in."""
    try:
        return get_supported_language_variant(code)
    except LookupError:
        return settings.LANGUAGE_CODE


def words_for(code: str) -> AbstractContextManager[None]:
    """Everything inside is written for somebody who reads ``code``."""
    return translation.override(served(code))


def written_in() -> str:
    """In which languages letters to patients are written, as a sentence: those that a language of theirs leads to."""
    own = settings.LANGUAGE_CODE
    codes = {served(code) for code in (own, *CODES, *(code for code, _name in settings.LANGUAGES))}
    names = sorted(language_name(code) for code in codes)
    if len(names) == 1:
        return _("Letters are written in {language}, whatever language is chosen here.").format(language=names[0])
    return _("Letters are written in {languages}; whoever reads another language gets {language}.").format(
        languages=get_text_list(names, _("or")), language=language_name(own)
    )


def dates_for(code: str) -> AbstractContextManager[None]:
    """For a day inside a text that somebody wrote in ``code`` themselves; no words of ours stand beside it."""
    return translation.override(code)
