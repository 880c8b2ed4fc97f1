"""What the demo's customer asks with the client package: a folder of meters as a job, and a receipt's fields."""

import hashlib
import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from shlex import join

import msgspec

from demo.folder import fill
from demo.household import Household, Sent
from demo.pictures import EXPENSE, Picture, draw
from manyeyes_client import (
    Client,
    FieldsQuestion,
    Job,
    LabelQuestion,
    ManyeyesError,
    NumberQuestion,
    Question,
    Task,
    TextQuestion,
)

METERS = 12
LOOK_EVERY_SECONDS = 1.0
TOLD_AT = 4  # a line for each quarter of the job
A_DAY = 86400  # seconds: until then the receipt waits for the person
OVER = ("finished", "cancelled")
ENDED = ("done", "failed", "cancelled")
WORDS = "What does the counter show? Leave a red digit out."
METER_QUESTION = NumberQuestion(words=WORDS)
EXPENSE_QUESTION = FieldsQuestion(
    words="For the expenses",
    fields=(
        TextQuestion(name="date", words="The date, as it is printed", case=False),
        NumberQuestion(name="total", words="The total", decimals=2),
        LabelQuestion(name="currency", words="The currency", labels=("EUR", "GBP", "USD")),
    ),
)


class Office(threading.Thread):
    """Opens a job over a folder of meters and asks about one receipt, then tells what becomes of both.

    What an earlier start asked and nobody has finished goes on instead. `known` maps the SHA-256 of every meter to
    what stands on it.
    """

    def __init__(
        self, address: str, people: Household, folder: Path, ended: Callable[[], bool], say: Callable[[str], None]
    ) -> None:
        super().__init__(name="office", daemon=True)
        self.client = Client(address, people.client_key)
        self.people, self.folder, self.ended, self.say = people, folder, ended, say
        self.known: dict[str, Sent] = {}
        self.job_id = 0
        self._task, self._quarter, self._told = 0, 0, ""

    def open(self) -> None:
        """Open both, and count them in the household. Raises `ManyeyesError`."""
        job = self._job()
        while job.state in OVER:
            self.people.job += 1
            job = self._job()
        task = self._expense()
        while task.state in ENDED:
            self.people.expense += 1
            task = self._expense()
        self.job_id, self._task = job.id, task.id

    def _job(self) -> Job:
        """Return the job of this number: a new draft, or what became of it."""
        number = self.people.job
        key = _key("job", number, METER_QUESTION)
        job = self.client.create_job(f"Meters, round {number}", METER_QUESTION, key=key)
        return self.client.job(job.id)

    def _expense(self) -> Task:
        number = self.people.expense
        picture, name = draw(EXPENSE, number), f"receipt {number}"
        key = _key("expense", number, EXPENSE_QUESTION, picture.digest)
        task = self.client.create_task(picture.data, EXPENSE_QUESTION, life=A_DAY, external_id=name, key=key)
        return self.client.task(task.id)

    def run(self) -> None:
        """Send the folder, start, and tell how it goes; what goes wrong is told once and tried again."""
        drawn = fill(self.folder, "meter", METERS)
        self.known.update({each.digest: _sent(each) for each in drawn.values()})
        while not self.ended() and (self.job_id or self._task):
            try:
                self._turn(drawn)
            except ManyeyesError as error:
                if str(error) != self._told and not self.ended():
                    self.say(f"office: {error}")
                self._told = str(error)
            time.sleep(LOOK_EVERY_SECONDS)

    def _turn(self, drawn: dict[str, Picture]) -> None:
        if self.job_id:
            job = self.client.job(self.job_id)
            if job.state == "draft":
                self.client.upload(job.id, self.folder, key=f"meters-{self.people.job}")
                job = self.client.start(job.id)
            self._tell_job(job, drawn)
        if self._task and (task := self.client.task(self._task)).state in ENDED:
            self._task = 0
            self._tell_expense(task)

    def _tell_job(self, job: Job, drawn: dict[str, Picture]) -> None:
        counts = job.counts
        told = f"{_clock()}  job {job.id}: {counts.done} of {counts.items} answered, ${job.net}"
        quarter = counts.done * TOLD_AT // max(1, counts.items)
        if job.state in OVER:
            self.job_id = 0
            rows = [row for row in self.client.results(job.id) if row.state == "done" and row.external_id in drawn]
            wrong = sum(row.value != int(drawn[row.external_id].text) for row in rows)
            self.say(f"{told}, {job.state}; {wrong or 'none'} wrong")
        elif quarter > self._quarter:
            self.say(told)
        self._quarter = quarter

    def _tell_expense(self, task: Task) -> None:
        if task.result is None:
            return self.say(f"{_clock()}  expense  nobody read it: {task.state}")
        given = task.result.value
        wanted = json.loads(draw(EXPENSE, self.people.expense).text)
        said = ", ".join(f"{name} {value}" for name, value in given.items())
        wrong = [f"{name} is {value}" for name, value in wanted.items() if f"{given.get(name)}" != value]
        self.say(f"{_clock()}  expense  {said}  ${task.cost}  {'wrong, ' + ', '.join(wrong) if wrong else 'right'}")


def ways_in(address: str, key: str, folder: Path) -> str:
    """Return what to copy: a command that asks about the folder once more, and what an agent's settings need."""
    command = [
        str(Path(sys.executable).parent / "manyeyes"),
        "ask",
        str(folder),
        "--question",
        WORDS,
        "--kind",
        "number",
    ]
    server = {"type": "http", "url": f"{address}/mcp", "headers": {"Authorization": f"Bearer {key}"}}
    return (
        "\n  The same folder from the command line; a folder of yours does as well, and comes to your screen:"
        f"\n    MANYEYES_URL={address} MANYEYES_KEY={key} {join(command)}"
        "\n  An agent that asks people (MCP):"
        f"\n    {json.dumps({'mcpServers': {'manyeyes': server}})}\n"
    )


def _key(what: str, number: int, question: Question, more: str = "") -> str:
    """Return a call's idempotency key; another version of the demo, which asks otherwise, has others."""
    asked = hashlib.sha256(msgspec.json.encode((question, more))).hexdigest()
    return f"demo-{what}-{number}-{asked[:16]}"


def _sent(picture: Picture) -> Sent:
    return Sent(picture.kind, picture.number, picture.digest, picture.text)


def _clock() -> str:
    return time.strftime("%H:%M:%S")
