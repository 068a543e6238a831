"""Receive a lot, describe its product, change the rules of the stock."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalogue.models import Solution
from common.seen_forms import SeenForm
from scheduling.forms.appointments import DayField
from sessions import gs1
from sessions.choices import Substance
from sessions.forms.dressing import rows
from sessions.models import Product
from sessions.services.solution_lots import Goods
from sessions.services.stock_movements import Delivery

SINGLE, MULTI = "single", "multi"
# The fields of the form that describe a product which is not there yet.
NEW_PRODUCT = (
    "name",
    "solution",
    "maker",
    "pack_size_ml",
    "dose",
    "bicarbonate_percent",
    "substance",
    "substance_percent",
    "hours_once_opened",
    "gtin",
    "low_stock_at",
)

_PLAIN = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
_UNREAD = {
    "sign": _("Enter the 8, 12, 13 or 14 digits under the bar code."),
    "check_digit": _("The last digit of this number does not fit the others. Scan it again, or look at each digit."),
    "date": _("The use-by date in this code is no date. Type what the package says."),
    "lot": _("The lot in this code could not be read. Type what the package says."),
    "code": _("This code could not be read. Scan the square code or the long bar code, or type what the package says."),
}


class PageForm(forms.Form):
    """Which page of the shelf."""

    page = forms.IntegerField(min_value=1, required=False)


def why_unread(error: gs1.ScanError) -> str:
    """What was wrong with a code, as a sentence."""
    return str(_UNREAD[error.why])


class GtinField(forms.CharField):
    """8, 12, 13 or 14 digits, kept as 14."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, widget=forms.TextInput(attrs={"inputmode": "numeric", **_PLAIN}), **kwargs)

    def clean(self, value: Any) -> str:
        digits = super().clean(value)
        try:
            return gs1.gtin_of(digits) if digits else ""
        except gs1.ScanError as error:
            raise ValidationError(why_unread(error), code=error.why) from error


class ScanForm(forms.Form):
    """What a scanner typed."""

    scan = forms.CharField(max_length=200, required=False, strip=False)


class ProductForm(forms.Form):
    """A product as its package describes it."""

    name = forms.CharField(label=_("Name on the package"), max_length=120, required=False)
    solution = forms.ModelChoiceField(
        label=_("Solution"),
        queryset=Solution.objects.none(),
        required=False,
        empty_label=_("An ingredient of a mixture, such as bicarbonate"),
    )
    maker = forms.CharField(label=_("Maker"), max_length=120, required=False)
    pack_size_ml = forms.DecimalField(
        label=_("mL in one container"), max_digits=6, decimal_places=2, min_value=0, required=False
    )
    dose = forms.ChoiceField(
        label=_("Doses"),
        choices=[(SINGLE, _("Single-dose: one patient")), (MULTI, _("Multi-dose"))],
        initial=SINGLE,
        widget=forms.RadioSelect,
        required=False,
    )
    bicarbonate_percent = forms.DecimalField(
        label=_("Bicarbonate (%)"),
        max_digits=4,
        decimal_places=2,
        min_value=0,
        required=False,
        help_text=_("For sodium bicarbonate only: its strength."),
    )
    substance = forms.ChoiceField(
        label=_("What it holds"),
        choices=[("", "–"), *((value, label) for value, label in Substance.choices if value != Substance.BICARBONATE)],
        required=False,
        help_text=_("For an ingredient, or the local anaesthetic whose strength differs from maker to maker."),
    )
    substance_percent = forms.DecimalField(
        label=_("Its strength (%)"),
        max_digits=5,
        decimal_places=2,
        min_value=0,
        max_value=100,
        required=False,
        help_text=_("As printed on the container: 1 % is 10 mg in 1 mL."),
    )
    hours_once_opened = forms.IntegerField(
        label=_("Hours it may be used once opened"),
        min_value=1,
        max_value=8784,
        required=False,
        help_text=_("Empty: the clinic’s rule."),
    )
    gtin = GtinField(
        label=_("GTIN"), required=False, help_text=_("The number under the bar code; a scan finds the product by it.")
    )
    low_stock_at = forms.IntegerField(
        label=_("Low stock at"),
        min_value=0,
        max_value=10_000,
        required=False,
        help_text=_("Today tells when this many containers or fewer may still be used. Empty: never."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = Solution.objects.current().filter(is_topical=False)
        rows(self, "solution").queryset = current.order_by("is_comparator", "name")

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if self.is_described(typed):
            if not typed.get("name"):
                self.add_error("name", _("What is the product called?"))
            if "pack_size_ml" in typed and not typed["pack_size_ml"]:
                self.add_error("pack_size_ml", _("How much does one container hold?"))
            if typed.get("bicarbonate_percent") and typed.get("solution"):
                self.add_error("bicarbonate_percent", _("Bicarbonate is an ingredient, not a solution."))
            self._clean_substance(typed)
        return typed

    def _clean_substance(self, typed: dict[str, Any]) -> None:
        substance, percent = typed.get("substance"), typed.get("substance_percent")
        needs_percent = bool(substance) and substance != Substance.DILUENT
        if needs_percent and not percent and "substance_percent" not in self.errors:
            self.add_error("substance_percent", _("How strong is it?"))
        elif percent and not needs_percent:
            self.add_error("substance", _("A strength of what?"))
        if substance and typed.get("bicarbonate_percent"):
            self.add_error("substance", _("It is bicarbonate already: leave one of the two empty."))
        own = typed.get("solution")
        if substance and own and substance not in own.anaesthetics.current().values_list("anaesthetic", flat=True):
            self.add_error("substance", _("%(solution)s does not hold that.") % {"solution": own.name})

    def is_described(self, typed: dict[str, Any]) -> bool:
        """The fields of the product are meant."""
        return True

    def goods(self) -> Goods:
        """The product as typed; call it after ``is_valid``."""
        typed = self.cleaned_data
        plain = {name: typed[name] for name in NEW_PRODUCT if name != "dose"}
        plain["bicarbonate_percent"] = typed["bicarbonate_percent"] or None
        plain["substance_percent"] = typed["substance_percent"] or None
        return Goods(is_single_dose=typed["dose"] != MULTI, **plain)


class ChangeProductForm(SeenForm, ProductForm):
    """A product that is there."""


if TYPE_CHECKING:
    _ProductField = forms.ModelChoiceField[Product]
else:
    _ProductField = forms.ModelChoiceField


class ProductField(_ProductField):
    def label_from_instance(self, obj: Product) -> str:
        dose = _("single-dose") if obj.is_single_dose else _("multi-dose")
        return ", ".join(filter(None, [obj.name, obj.maker, f"{obj.pack_size_ml.normalize():f} mL", str(dose)]))


class ReceiveForm(ProductForm):
    """A lot of a product that is there, or of a new one described below."""

    product = ProductField(
        label=_("Product"), queryset=Product.objects.none(), required=False, empty_label=_("A new product")
    )
    lot_number = forms.CharField(
        label=_("Lot"), max_length=60, help_text=_("As printed on the container."), widget=forms.TextInput(attrs=_PLAIN)
    )
    expiry_date = DayField(label=_("Use by"))
    quantity = forms.IntegerField(
        label=_("Containers"),
        min_value=1,
        max_value=100_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", **_PLAIN}),
        help_text=_("How many came."),
    )
    supplier = forms.CharField(label=_("Supplier"), max_length=120, required=False)
    delivery_number = forms.CharField(
        label=_("Number of the delivery"), max_length=60, required=False, widget=forms.TextInput(attrs=_PLAIN)
    )
    delivered_date = DayField(label=_("Delivered on"), required=False, help_text=_("Empty: today."))
    field_order = ("product", "lot_number", "expiry_date", "quantity")

    def __init__(self, *args: Any, today: date, products: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        rows(self, "product").queryset = products
        if self.initial:
            # The package was scanned: its number is what is left to type.
            self.fields["quantity"].widget.attrs["autofocus"] = True

    def clean_delivered_date(self) -> date:
        day: date = self.cleaned_data["delivered_date"] or self.today
        if day > self.today:
            raise ValidationError(_("This day is to come. Enter the day it came."), code="future")
        return day

    def delivery(self) -> Delivery:
        """What came; call it after ``is_valid``."""
        names = ("quantity", "delivered_date", "supplier", "delivery_number")
        return Delivery(**{name: self.cleaned_data[name] for name in names})

    def clean_expiry_date(self) -> date:
        """V23: nothing expired is put on the shelf."""
        expiry_date: date = self.cleaned_data["expiry_date"]
        if expiry_date < self.today:
            raise ValidationError(_("This lot has already expired."), code="expired")
        return expiry_date

    def is_described(self, typed: dict[str, Any]) -> bool:
        """A new product, unless one that is there was chosen."""
        return typed.get("product") is None and "product" in typed


def initial_of(product: Product) -> dict[str, Any]:
    """The form as the stored product fills it."""
    found = {name: getattr(product, name) for name in NEW_PRODUCT if name != "dose"}
    return found | {"solution": product.solution_id, "dose": SINGLE if product.is_single_dose else MULTI}


class RulesForm(SeenForm, forms.Form):
    """The clinic's rules; the ranges are those the database accepts."""

    mix_hours = forms.IntegerField(label=_("Hours a mixture may be used"), min_value=1, max_value=168)
    multi_dose_days = forms.IntegerField(
        label=_("Days an opened multi-dose container may be used"), min_value=1, max_value=365
    )
    ph_low = forms.DecimalField(label=_("Usual pH from"), min_value=0, max_value=14, max_digits=3, decimal_places=1)
    ph_high = forms.DecimalField(label=_("Usual pH to"), min_value=0, max_value=14, max_digits=3, decimal_places=1)
    near_expiry_days = forms.IntegerField(
        label=_("Days before expiry that a lot is pointed out"), min_value=0, max_value=365
    )

    needs_second_check = forms.BooleanField(
        label=_("A colleague checks each mixture before it is given"), required=False
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        low, high = typed.get("ph_low"), typed.get("ph_high")
        if low is not None and high is not None and low > high:
            self.add_error("ph_high", _("The upper end lies below the lower one."))
        return typed
