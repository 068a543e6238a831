"""A file of FHIR is read in small bites, in each of the shapes in which systems hand it out."""

import io

import pytest

from patients.importing import fhir_json
from patients.importing.people import FileRefusedError


class Counting(io.BytesIO):
    taken = 0

    def read(self, size=-1):
        got = super().read(size)
        self.taken += len(got)
        return got


@pytest.mark.parametrize("bracket", [b"[", b'{"a":'])
def test_brackets_alone_are_refused_after_the_first_bite(bracket):
    file = Counting(bracket * 200_000)
    with pytest.raises(FileRefusedError, match="nested deeper"):
        list(fhir_json.entries(file))
    assert file.taken <= 2 * fhir_json.READ_AT_ONCE + 16
