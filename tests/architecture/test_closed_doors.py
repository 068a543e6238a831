"""The tests reach this machine and nothing else."""

import socket

import pytest


def test_a_test_cannot_leave_this_machine() -> None:
    with socket.socket() as outward, pytest.raises(OSError, match="this machine only"):
        outward.connect(("192.0.2.1", 80))
