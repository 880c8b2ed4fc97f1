"""Three people per picture, one of them careless: a queue of its own with gold and a floor, and one job after another.

Some pictures of the job come with their right answer (`truth`); once they have ended they are gold, which others get
without knowing. Who types something else too often is below the floor: the queue is taken from them, and others are
asked instead.
"""

import base64
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from demo.crowd import Worker
from demo.household import FLOORED, Household, Sent
from demo.jobs import METER_QUESTION, OVER
from demo.pictures import Picture, draw
from demo.server import ServerFailedError, command
from manyeyes_client import Client, Job, ManyeyesError

FIRST = 101  # of its meters, so that none is in the other job's folder
PICTURES, GOLD = 60, 24
DRAWN_TOLD = 20  # so many are a few seconds of drawing
FLOOR, FLOOR_WHEN_DONE = "0.7", 20  # by then the careless one has answered enough for the page to say that they differ
LOOK_EVERY_SECONDS, SKILLS_EVERY_SECONDS = 2.0, 8.0
CARELESS = 0.7  # share of the answers of whoever does not look


class CarelessWorker(Worker):
    """Types a digit wrong in most answers, and is quick about it."""

    mistakes = CARELESS


class ThreePeople(threading.Thread):
    """Opens a job whose pictures three people look at, sets the floor, and tells who is found."""

    def __init__(
        self, address: str, data: Path, people: Household, ended: Callable[[], bool], say: Callable[[str], None]
    ) -> None:
        super().__init__(name="three", daemon=True)
        self.client = Client(address, people.client_key)
        self.data, self.people, self.ended, self.say = data, people, ended, say
        drawn = [self._drawn(number) for number in range(PICTURES)]
        self.known = {each.digest: Sent(each.kind, each.number, each.digest, each.text) for each in drawn}
        self._lines = [
            _line(each.data, f"meter-{n:03}", each.text if n <= GOLD else "") for n, each in enumerate(drawn, 1)
        ]
        self.job_id = 0
        self._has_floor = self._is_over = False
        self._found: set[int] = set()
        self._next_look = 0.0
        self._told = ""

    def _drawn(self, number: int) -> Picture:
        if number % DRAWN_TOLD == 0:
            self.say(f"drawing pictures for three people each, {number} of {PICTURES}")
        return draw("meter", FIRST + number)

    def open(self) -> None:
        """Open a draft, or find what an earlier start made of it. Raises `ManyeyesError`."""
        job = self._job()
        while job.state in OVER:
            self.people.three += 1
            job = self._job()
        self.job_id = job.id

    def _job(self) -> Job:
        number = self.people.three
        made = self.client.create_job(
            f"Three people each, round {number}", METER_QUESTION, queue=FLOORED, answers=3, key=f"demo-three-{number}"
        )
        return self.client.job(made.id)

    def run(self) -> None:
        """Start the job and tell how it goes; what goes wrong is told once and tried again."""
        while not self.ended():
            try:
                self._turn()
            except (ManyeyesError, ServerFailedError) as error:
                if str(error) != self._told and not self.ended():
                    self.say(f"three: {error}")
                self._told = str(error)
            time.sleep(LOOK_EVERY_SECONDS)

    def _turn(self) -> None:
        job = self.client.job(self.job_id)
        if job.state == "draft":
            file = self.data.parent / "three.jsonl"
            file.write_bytes(b"".join(self._lines))
            self.client.upload(job.id, file, key=f"three-{self.people.three}")
            job = self.client.start(job.id)
        if job.state in OVER and not self._is_over:
            self._is_over = True
            answered = f"{job.counts.done} of {job.counts.items} answered"
            self.say(f"{_clock()}  job {job.id}, three people each: {answered}, ${job.net}")
        if not self._has_floor and job.counts.done >= FLOOR_WHEN_DONE:
            command(self.data, "queue", "set", str(FLOORED), "--floor", FLOOR)
            self._has_floor = True
        if self._has_floor and time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + SKILLS_EVERY_SECONDS
            self._look_for_careless()

    def _look_for_careless(self) -> None:
        names = {who.worker_id: who.name for who in self.people.trio}
        for person in command(self.data, "queue", "skills", str(FLOORED))["people"]:
            worker_id = person["worker_id"]
            if person["stopped_at"] and worker_id not in self._found:
                self._found.add(worker_id)
                self.say(found_line(names.get(worker_id, str(worker_id)), person))


def found_line(name: str, person: dict[str, Any]) -> str:
    """Return the line that tells of somebody who is below the floor."""
    gold = f"{person['gold_wrong']} of {person['gold_asked']} gold pictures wrong"
    return f"{_clock()}  {name} is below the floor of {FLOOR}: {gold}; others are asked instead"


def _clock() -> str:
    return time.strftime("%H:%M:%S")


def _line(picture: bytes, name: str, truth: str) -> bytes:
    known = {"truth": truth} if truth else {}
    item = {"external_id": name, "picture": base64.b64encode(picture).decode(), **known}
    return json.dumps(item).encode() + b"\n"
