"""Names of our own scripts carry a hash, in the imports of their modules and sub-folders too."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from pitclinic.static_storage import ModuleManifestStorage

IMPORT = re.compile(r'from "([^"]+)"')


@pytest.mark.parametrize("entry", ["js/app.js", "js/session.js", "js/sign.js"])
def test_each_import_names_a_hashed_file_that_exists(entry: str, tmp_path: Path) -> None:
    """A browser keeps a hashed file for a year, so an import of a bare name would stay old for as long."""
    storage = ModuleManifestStorage(location=str(tmp_path), base_url="/static/")
    static = Path(str(find("js/app.js"))).parents[1]
    FileSystemStorage(location=str(static))
    names = [str(path.relative_to(static)) for path in (static / "js").rglob("*.js")]
    for name in names:
        storage.save(name, ContentFile((static / name).read_bytes()))

    hashed = {name: stored for name, stored, _is_new in storage.post_process({n: (storage, n) for n in names})}

    folder = (tmp_path / str(hashed[entry])).parent
    imported = IMPORT.findall((tmp_path / str(hashed[entry])).read_text())
    assert imported
    for name in imported:
        assert (folder / name).is_file()
        assert re.search(r"\.[0-9a-f]{12}\.js$", name)
