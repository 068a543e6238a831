"""No request of a browser test is answered in the test after it."""

import threading

from django.core.signals import request_finished, request_started

from tests.plugins.chromium import Answering


def test_what_the_server_still_answers_is_waited_for() -> None:
    answering, asked, go_on = Answering(), threading.Event(), threading.Event()

    def answer() -> None:
        request_started.send(sender=None)
        asked.set()
        go_on.wait(30)
        request_finished.send(sender=None)

    server = threading.Thread(target=answer)
    server.start()
    assert asked.wait(30)
    waiting = threading.Thread(target=answering.wait_until_none)
    waiting.start()
    assert waiting.is_alive()
    go_on.set()
    waiting.join(30)
    server.join(30)
    assert not waiting.is_alive()


def test_a_thread_that_died_with_its_request_keeps_nobody_waiting() -> None:
    answering = Answering()
    server = threading.Thread(target=lambda: request_started.send(sender=None))
    server.start()
    server.join(30)
    answering.wait_until_none()
