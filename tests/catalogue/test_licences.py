"""No instrument text is shown, stored or shipped without the right to do so."""

import hashlib
import os
import re
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from catalogue.models import Instrument, InstrumentItem
from catalogue.services.data_files import CatalogueError, read

ROOT = Path(__file__).resolve().parents[2]

STATUS = {
    "GREEN": {"NRS", "VAS", "PGIC", "RMDQ", "GOALS"},
    "AMBER": {"PSFS", "PEG", "PROMIS_PI", "PROMIS_PF", "VISA_A", "BCTQ"},
    "RED": {"BPI", "ODI", "NDI", "DASH", "QUICKDASH", "WOMAC", "KOOS", "DN4", "PAINDETECT", "EQ5D5L"},
}

# Five words in a row out of questionnaires we may not ship, as digests: the words are not here either.
FOREIGN_WORDS = {
    "004ef37079bc2d8f",
    "01aaf97151c578f5",
    "050f162e98d6a053",
    "1050f6c9052c433e",
    "12e27b356d82d811",
    "12eb6f443509ccd4",
    "14dca0fbc12124a8",
    "1794125b20369271",
    "1926d648f797496b",
    "1d186171a90be517",
    "2050922ec862972e",
    "21caf3be8beeb65f",
    "221967ed653487d4",
    "22afc83adf9248b6",
    "22bb578ce716afc4",
    "235faeb32c93df61",
    "23e2fc431cbf0ed1",
    "250e70e8297f6fb8",
    "2561eb61cc7250e9",
    "25eab713c4168918",
    "262a2e3e5170fe2a",
    "2e6c147874082dd7",
    "30261fd6e9ae1c17",
    "317a3c67943122e2",
    "32e8f53a7267bacf",
    "3420938957e55f14",
    "3551e5bfef3d1465",
    "3765f96479a5abdf",
    "3793b9f77887514f",
    "387186531be2f2f7",
    "3b8d9eb8a5ae43a9",
    "3ca0bfaaad1e1a8e",
    "3e60af95f4577c4e",
    "3e932b376d3faf79",
    "49845dd896584c8e",
    "4a02993ccd1582a6",
    "4c4c349762fca563",
    "536ac65dda3af29a",
    "5a4c3a9b8c6368cc",
    "5bd4415036392919",
    "5d8dc773c24fc9b4",
    "5e4f8ce16a4b3740",
    "5f6847674c3847a0",
    "601defad07ed3a59",
    "6092f3235f3bc9f0",
    "61d29c0790e1daa8",
    "6373978a59f23566",
    "63f8115c9c193cab",
    "6481f195782f14de",
    "68402fe8055935be",
    "69808923558f9cbc",
    "6a0cbe371aeb6ac7",
    "6d20f68baa31d7dc",
    "713501bf951105d5",
    "721ba5a9d5725e9d",
    "7390e0626c27b8aa",
    "73f56c9787f217a5",
    "746ec4ed9ad29ed2",
    "7834b8a3f4064a52",
    "78b2c8c08de1adb2",
    "846e0c4de9b1da4f",
    "86c4160a19ce7984",
    "87698e252c12e65a",
    "876bf2461dd17610",
    "8891ce64e5185b94",
    "8b421678e1eecf1f",
    "8ccf90534d8c03a6",
    "8fc345f2770f2b4f",
    "92f5f7d78358e25d",
    "93c54937db1e5526",
    "9c6e56789537d9e5",
    "9cb078b0a88bf026",
    "9dc1035310cda7e1",
    "9e292e1268df39d0",
    "a0a2ef22537d0dc5",
    "a1b20096a83bd4a1",
    "a3f873e86310ade0",
    "a4f086df136784ef",
    "a64663c768b409c8",
    "a73841044bc0a8c0",
    "ab7b681223ed4618",
    "ad01e92dc9e572e6",
    "ad6e620f799fe8a8",
    "af241f44019abd1f",
    "af3d7aeb9e089d83",
    "af5405ba7bac895b",
    "b43c3d4c84c2831b",
    "b6a58275664a635c",
    "ba02e5f55b1c3c87",
    "bd7491dcf43a84fd",
    "c1ba95037f2ef0e4",
    "c2742285c1e16b49",
    "c3211b9e2c7358ce",
    "c598e5d69b3fb2b9",
    "c6240f7873382248",
    "c75438d84495505c",
    "cef123db32f2e426",
    "d0b9a645410ec8d0",
    "d13c59a66e6beb55",
    "d1acb1cd4987d08c",
    "d3c2109983229ec9",
    "d9aac2b696276e07",
    "db9149b4d92a1bf2",
    "e15b23f52b0a3f82",
    "e1f1b9c29668499d",
    "e2d809d9111a3c97",
    "e46fd430ca0d7036",
    "e6467ecda49c88ec",
    "e915363143bce85d",
    "e9d8a6fbb3decc57",
    "ea415c181acdc454",
    "ea610b2b9667d324",
    "eab6b4106358462d",
    "eb4929c6a8c9bcdd",
    "ec002e6a2d45daef",
    "ed9481e10f8711cb",
    "f00e42f6a828d87c",
    "f2366c98b63509a8",
    "f36c59ec5aaacac5",
    "f50690124c20a065",
    "f51cb2b9c3f842ec",
    "f5ec0a8f66cd5c87",
    "f66abf5d7b130ac5",
    "f8b6fa37897892e7",
    "fb87c0a2cfc9b568",
    "fbb19d00f15a9208",
    "fd40bd967c4407de",
    "fe6da917e0e905c3",
}


def digest(words):
    return hashlib.blake2b(" ".join(words).encode(), digest_size=8).hexdigest()


def test_every_instrument_has_the_status_of_the_reference(files):
    found = {status: set() for status in STATUS}
    for row in files["instruments"]:
        found[row.values["licence_status"]].add(row.code)
    assert found == STATUS


def test_only_text_in_our_own_words_is_shipped(files):
    shipped = {row.code for row in files["instruments"] if row.values["text_shipped"]}
    assert shipped == {"NRS", "VAS", "PGIC", "GOALS"}
    assert {row.parents["instrument"] for row in files["instrument_items"]} == shipped
    assert all(row.values["is_own_wording"] for row in files["instrument_items"])


def test_no_file_of_the_repository_holds_five_words_of_a_licensed_questionnaire():
    skipped = {".git", ".venv", ".run", "vendor", "node_modules", "staticfiles", ".mypy_cache", ".hypothesis"}
    suffixes = {".py", ".json", ".html", ".txt", ".md", ".po", ".js", ".csv", ".svg", ".toml", ".typ"}
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in skipped]
        for path in (Path(folder, name) for name in names if Path(name).suffix in suffixes):
            words = re.findall(r"[a-z0-9]+", path.read_text(encoding="utf-8", errors="ignore").casefold())
            windows = zip(*(words[start:] for start in range(5)), strict=False)
            assert not [window for window in windows if digest(window) in FOREIGN_WORDS], path


@pytest.mark.parametrize("status", ["AMBER", "RED"])
def test_a_file_that_ships_text_without_permission_is_refused(edited, status):
    def change(rows):
        row = next(row for row in rows if row["licence_status"] == status)
        row["text_shipped"] = True

    with pytest.raises(CatalogueError, match=f"text_shipped: {status} without a permission on file"):
        read(edited("instruments", change))


def test_a_file_with_an_item_of_an_instrument_that_ships_no_text_is_refused(edited):
    with pytest.raises(CatalogueError, match="ODI may not ship its text"):
        read(edited("instrument_items", lambda rows: rows[0].update(instrument="ODI")))


def refused(constraint):
    return pytest.raises(IntegrityError, match=constraint)


@pytest.mark.django_db
@pytest.mark.usefixtures("as_owner")
@pytest.mark.parametrize("code", ["ODI", "PEG"])
def test_the_database_refuses_text_without_permission(code):
    with refused("instrument_text_needs_permission"), transaction.atomic():
        Instrument.objects.filter(code=code).update(text_shipped=True)
    Instrument.objects.filter(code=code).update(text_shipped=True, permission_reference="Letter of 3 May 2026")


@pytest.mark.django_db
@pytest.mark.usefixtures("as_owner")
def test_the_database_refuses_an_item_of_an_instrument_that_ships_no_text():
    odi = Instrument.objects.get(code="ODI")
    item = InstrumentItem(
        code="ODI:1",
        instrument=odi,
        position=1,
        text="…",
        answer_kind="hours",
        is_own_wording=False,
        source_mark="[GK]",
    )
    with refused("instrumentitem_only_where_text_is_shipped"), transaction.atomic():
        item.save(force_insert=True)
    item.text_shipped = False
    with refused("instrumentitem_text_shipped"), transaction.atomic():
        item.save(force_insert=True)


@pytest.mark.django_db
@pytest.mark.usefixtures("as_owner")
def test_text_cannot_be_withdrawn_while_its_items_are_stored():
    with refused("instrumentitem_only_where_text_is_shipped"), transaction.atomic():
        Instrument.objects.filter(code="NRS").update(text_shipped=False)
