"""What goes into a job and comes out of it: uploads, results, progress, each as a stream.

Made from aio/files.py by tools/make_client.py: change that one.
"""

import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import httpx

from manyeyes_client import requests
from manyeyes_client.blocking.connection import Connection
from manyeyes_client.errors import NotFound, ProblemError, WrongSource
from manyeyes_client.events import EventReader
from manyeyes_client.items import pieces
from manyeyes_client.jobs_over import LOOK_SECONDS, OVER, progress_of
from manyeyes_client.lines import LineSplitter
from manyeyes_client.messages import JobProgress, Taken, Upload
from manyeyes_client.results import FORMS, Row, row_of
from manyeyes_client.retries import AGAIN
from manyeyes_client.sources import Source, Uploadable
from manyeyes_client.written_files import Written

FINISHED, NO_SUCH_CALL, STILL_OPEN = "finished", "unknown_call", "upload_open"


class FileVerbs(Connection):
    """The verbs of what is uploaded and downloaded."""

    def upload(self, job_id: int, source: Uploadable | Path | str, *, key: str | None = None) -> Upload:
        """Send a folder, a ZIP, a CSV or a JSONL file into a draft, and return what the server has of it.

        It goes on where it stopped, in this call and in the next one with the same content (or ``key``): nothing is
        made twice. Raises `WrongSource` for what cannot be read or taken, `BadItems` with the lines that the server
        does not take.
        """
        found = Source(Path(source)).checked() if isinstance(source, str | Path) else source
        key, tries, sent = key or found.key(), self.tries(), -1
        while True:
            state = self.upload_state(job_id, key)
            if state.complete:
                return state
            tries, sent = (self.tries() if state.lines > sent >= 0 else tries), state.lines
            request = requests.items(job_id, key, state.lines + 1)
            try:
                with self.stream(request, tries, _sent(pieces(islice(found.fit(), state.lines, None)))) as reply:
                    taken = requests.decode(reply.read(), Taken)
                    return Upload(key=taken.key, lines=taken.lines, complete=taken.complete)
            except httpx.TransportError as error:
                self.pause_after(error, tries)
            except ProblemError as no:
                may_again = no.status in AGAIN or (no.reason == STILL_OPEN and self._is_ours(job_id, key))
                pause = tries.after_break() if may_again else None
                if pause is None:
                    raise
                time.sleep(pause)

    def _is_ours(self, job_id: int, key: str) -> bool:
        """Tell whether what is half there is this upload: the server may not know yet that its connection broke."""
        uploads = (self.send(requests.job(job_id))).uploads
        return all(each.complete or each.key == key for each in uploads)

    def upload_state(self, job_id: int, key: str) -> Upload:
        """Return how far an upload came; of one that never began, no line."""
        try:
            return self.send(requests.upload_state(job_id, key))
        except NotFound:
            self.send(requests.job(job_id))  # a job that is not there is an error
            return Upload(key=key, lines=0, complete=False)

    def results(self, job_id: int) -> Iterator[Row]:
        """Yield what became of each line of a job, in their order: at any time, also of lines that have not ended."""
        tries, given = self.tries(), 0
        while True:
            try:
                with self.stream(requests.results(job_id, "jsonl"), tries) as reply:
                    splitter, passed = LineSplitter(), 0
                    for piece in reply.iter_bytes():
                        for line in splitter.feed(piece):
                            passed += 1
                            if passed > given:
                                given = passed
                                yield row_of(line)
                return
            except httpx.TransportError as error:
                self.pause_after(error, tries)

    def save(self, job_id: int, path: Path | str) -> None:
        """Write a job's results into a file, as its name ends: .csv, .jsonl or .parquet. It is whole or not there."""
        place = Path(path)
        if place.suffix.lower() not in FORMS:
            raise WrongSource(f"{place}: results are written as .csv, .jsonl or .parquet")
        tries, request = self.tries(), requests.results(job_id, place.suffix.lower().removeprefix("."))
        while True:
            try:
                with self.stream(request, tries) as reply:
                    _write(reply, place)
                return
            except httpx.TransportError as error:
                self.pause_after(error, tries)

    def events(self, job_id: int) -> Iterator[JobProgress]:
        """Yield how far a job is whenever that has changed, to its end; connections that break are made again.

        Where the server, or what stands before it, has no such stream, the job is looked at every two seconds.
        """
        tries = self.tries()
        while True:
            try:
                with self.stream(requests.events(job_id), tries) as reply:
                    reader = EventReader()
                    for piece in reply.iter_bytes():
                        tries = self.tries()
                        for event in reader.feed(piece):
                            yield requests.decode(event.data, JobProgress)
                            if event.name == FINISHED:
                                return
                raise httpx.RemoteProtocolError("the stream of events ended early")
            except httpx.TransportError as error:
                self.pause_after(error, tries)
            except NotFound as no:
                if no.reason != NO_SUCH_CALL:
                    raise
                found = self.send(requests.job(job_id))
                yield progress_of(found)
                if found.state in OVER:
                    return
                time.sleep(LOOK_SECONDS)


def _write(reply: httpx.Response, place: Path) -> None:
    with Written(place) as file:
        for piece in reply.iter_bytes():
            file.write(piece)


def _sent(chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield from chunks
