"""A sealed file opens as it was written, with its key and under its name, or not at all."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pitclinic.backups import sealing
from pitclinic.backups.sealing import SealError

KEY = "a-key-of-the-backups-0123456789-0123456789"
FEW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def sealed(path: Path, content: bytes, name: str = "set/base") -> Path:
    with sealing.sealed(path, key=KEY, name=name) as out:
        out.write(content)
    return path


def opened(path: Path, *, key: str = KEY, name: str = "set/base") -> bytes:
    return b"".join(sealing.opened(path, key=key, name=name))


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "PIECE", 64)


@FEW
@given(content=st.binary(max_size=700))
def test_what_was_written_comes_back(tmp_path: Path, content: bytes) -> None:
    path = sealed(tmp_path / "file", content)

    assert opened(path) == content
    assert sealing.Unsealer(path, key=KEY, name="set/base").readall() == content


@FEW
@given(content=st.binary(min_size=1, max_size=400), data=st.data())
def test_one_changed_lost_or_added_byte_is_found_wherever_it_is(tmp_path: Path, content: bytes, data) -> None:
    path = sealed(tmp_path / "file", content)
    good = path.read_bytes()
    at = data.draw(st.integers(0, len(good) - 1))
    flipped = good[:at] + bytes([good[at] ^ data.draw(st.integers(1, 255))]) + good[at + 1 :]
    for bad in (flipped, good[:at], good + b"x", good[:at] + good[at + 1 :]):
        path.write_bytes(bad)
        with pytest.raises(SealError):
            opened(path)


def test_pieces_cannot_be_left_out_or_swapped(tmp_path: Path) -> None:
    path = sealed(tmp_path / "file", bytes(range(256)) * 4)
    good = path.read_bytes()
    head, size = 8 + 8 + 16, 64 + 16
    pieces = [good[start : start + size] for start in range(head, len(good), size)]
    assert len(pieces) > 3
    for wrong in (pieces[:-1], pieces[1:], [pieces[1], pieces[0], *pieces[2:]], [*pieces, pieces[-1]]):
        path.write_bytes(good[:head] + b"".join(wrong))
        with pytest.raises(SealError):
            opened(path)


def test_another_key_and_another_name_do_not_open_it(tmp_path: Path) -> None:
    path = sealed(tmp_path / "file", b"what is in it")

    with pytest.raises(SealError, match="another PITCLINIC_BACKUP_KEY"):
        opened(path, key=KEY[::-1])
    with pytest.raises(SealError, match="damaged"):
        opened(path, name="set-of-last-week/base")


def test_a_file_that_was_not_finished_is_not_there(tmp_path: Path) -> None:
    def lose_the_disk() -> None:
        with sealing.sealed(tmp_path / "file", key=KEY, name="x") as out:
            out.write(b"half")
            raise OSError("away")

    with pytest.raises(OSError, match="away"):
        lose_the_disk()

    assert not (tmp_path / "file").exists()
