"""A number is what its digits say; what stands beside it is kept apart from it."""

from contextlib import suppress

import phonenumbers
import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from common import phones

REGIONS = ("DE", "US", "GB", "FR", "IT", "ES", "AU", "NZ", "PL", "JP", "IN", "HU", "BR", "ZA")
regions = st.sampled_from(REGIONS)
letters = st.text(st.characters(categories=("Lu", "Ll", "Lo")), min_size=3, max_size=20)
# What a number may be followed by as its extension is no word beside it.
words = letters.filter(lambda text: phones._EXTENSION.match(f" {text} 1") is None and not phones._LABEL.fullmatch(text))


def example(region):
    kind = phonenumbers.PhoneNumberType.FIXED_LINE
    return phonenumbers.example_number_for_type(region, kind)


def written(number, form=phonenumbers.PhoneNumberFormat.INTERNATIONAL):
    return phonenumbers.format_number(number, form)


def refusal(text, region="DE"):
    with pytest.raises(ValidationError) as error:
        phones.read_alone(text, region=region)
    return error.value.messages[0]


@pytest.mark.parametrize(
    ("typed", "region", "value", "beside"),
    [
        ("+49 30 901820 Mama", "DE", "+4930901820", "Mama"),
        ("Mama: 030 901820 (abends)", "DE", "+4930901820", "Mama abends"),
        ("Tel. 030/901820", "DE", "+4930901820", ""),
        ("030 901820 ext. 12", "DE", "+4930901820;ext=12", ""),
        ("030 901820 Durchwahl 12", "DE", "+4930901820;ext=12", ""),
        ("+1 (202) 555-0123 x45 work", "DE", "+12025550123;ext=45", "work"),
        ("tel:+4930901820;ext=12", "DE", "+4930901820;ext=12", ""),
        ("\u202a+49 30 901820\u202c", "DE", "+4930901820", ""),
        ("٠٣٠٩٠١٨٢٠", "DE", "+4930901820", ""),
        ("(+49) (0)30 901820", "US", "+4930901820", ""),
        ("0049 176 1234567", "DE", "+491761234567", ""),
        ("8 495 123-45-67", "RU", "+74951234567", ""),
        ("(11) 2345-6789", "BR", "+551123456789", ""),
        ("202-555-0123", "US", "+12025550123", ""),
        ("612 345 678", "ES", "+34612345678", ""),
    ],
)
def test_a_number_is_taken_apart(typed, region, value, beside):
    assert phones.read(typed, region=region) == phones.Phone(value, beside)


@pytest.mark.parametrize(
    ("typed", "region", "said"),
    [
        ("901820", "DE", "area code"),
        ("555-0123", "US", "area code"),
        ("7946 0123", "GB", "area code"),
        ("9374 4000", "AU", "area code"),
        ("1234567", "IT", "area code"),
        ("030 901820", None, "with + and the country"),
        ("+1 800 FLOWERS", "US", "like (201) 555-0123"),
        ("030/901820", "AU", "area code, like (02) 1234 5678"),
        ("０３０／９０１８２０", "AU", "area code"),
        ("+4917012", "DE", "or with + and the country, like +49 30 123456"),
        ("call me", "DE", "not a phone number"),
        ("", "DE", "not a phone number"),
        ("030 901820 or 0176 1234567", "DE", "more than one"),
        ("+49 30 901820 Mama", "DE", "without “Mama”"),
    ],
)
def test_what_is_no_number_of_the_whole_country_is_refused(typed, region, said):
    assert said in refusal(typed, region)


@given(regions, words)
def test_words_beside_a_number_never_change_it(region, beside):
    number = example(region)
    alone = phones.read(written(number), region=region)
    for text in (f"{written(number)} {beside}", f"{beside} {written(number)}"):
        found = phones.read(text, region=region)
        assert found.value == alone.value == written(number, phonenumbers.PhoneNumberFormat.E164)
        assert found.words
        assert found.words in refusal(text, region)


@given(regions, st.integers(1, 9_999_999))
def test_what_is_shown_is_read_again_as_the_same(region, extension):
    value = f"{written(example(region), phonenumbers.PhoneNumberFormat.E164)};ext={extension}"
    for one in (value, value.partition(";")[0]):
        assert phones.read_alone(phones.shown(one), region=None) == one


@given(regions)
def test_the_national_way_of_writing_is_understood_at_home(region):
    number = example(region)
    typed = written(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    assert phones.read_alone(typed, region=region) == written(number, phonenumbers.PhoneNumberFormat.E164)


@given(st.text("0123456789", min_size=3, max_size=15), regions, st.sampled_from(("", "+", "00", "+49 (0)", "１")))
def test_whatever_digits_are_typed_are_the_numbers_own_or_refused(digits, region, before):
    """Nothing is left out but what is dialled before a number, and nothing is made up."""
    typed = phones._digits(phones._plain(before + digits))
    with suppress(ValidationError):
        number = phonenumbers.parse(phones.read_alone(before + digits, region=region))
        assert phonenumbers.is_valid_number(number)
        own, country = phonenumbers.national_significant_number(number), str(number.country_code)
        shown = phones._digits(written(number, phonenumbers.PhoneNumberFormat.NATIONAL))
        rest = typed.removesuffix(own)
        assert typed == shown or (
            (own in typed and rest in ("", "0", "1", "8", "06")) or rest.endswith((country, f"{country}0"))
        )


@given(st.text(max_size=60), st.sampled_from((*REGIONS, None)))
def test_any_text_is_a_number_or_refused(text, region):
    with suppress(ValidationError):
        value = phones.read(text, region=region).value
        assert phones.read(value, region=None).value == value
        digits = [c for c in text if c.isdecimal()]
        assert len([c for c in value if c.isdecimal()]) <= len(digits) + 3


def test_what_is_no_number_is_shown_as_it_stands():
    assert phones.shown("030 901") == "030 901"
    assert phones.shown("+4930901820;ext=12") == "+49 30 901820 ext. 12"
