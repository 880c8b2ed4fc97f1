"""Opens the house that the tests of the client package and of `manyeyes ask` share, each file its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.asked_folders import AskedHouse, AskedWorker, Read, read_drawn
from support.real_server import ServeProcess, ask_json


@contextmanager
def open_house(data: Path, read: Read = read_drawn) -> Iterator[AskedHouse]:
    """Serve a data directory, with a worker at work in queue 1 who reads pictures so, and end both."""
    server = ServeProcess(data)
    made = ask_json(data, "worker", "create", "Typist", "--language", "en", "--queue", "1")
    worker = AskedWorker(server.url, made["token"], read)
    worker.may_answer.set()
    thread = threading.Thread(target=worker.work, daemon=True)
    thread.start()
    try:
        yield AskedHouse(server, worker)
    finally:
        worker.ended.set()
        thread.join(10)
        server.stop()
