"""An upload of the client's that breaks off goes on by line, in the same call and in another program."""

import time
from collections.abc import Iterator

import pytest

from manyeyes_client import BadItems, Item, Upload
from support.asked_folders import AskedHouse

LINES = 1500
QUESTION = {"kind": "text", "words": "What?"}


class Addresses:
    """Items at addresses; walking through them ends with an error before the line numbered ``breaks_at``, if any."""

    def __init__(self, breaks_at: int = 0, wrong: int = 0) -> None:
        self.walked, self._breaks_at, self._wrong = 0, breaks_at, wrong

    def fit(self) -> Iterator[Item]:
        for number in range(1, LINES + 1):
            if number == self._breaks_at:
                raise ConnectionAbortedError
            self.walked = number
            url = "ftp://nowhere" if number == self._wrong else f"https://pictures.example/{number}.png"
            yield Counted(external_id=str(number), where=f"line {number}", picture_url=url)

    def key(self) -> str:
        return "addresses"


class Counted(Item, frozen=True, kw_only=True):
    """An item that counts how often it was sent."""

    def line(self) -> bytes:
        SENT.append(self.external_id)
        return super().line()


SENT: list[str] = []


def test_it_goes_on_where_it_stopped_and_makes_nothing_twice(house: AskedHouse):
    with house.client(house.key()) as client:
        job = client.create_job("Addresses", QUESTION)
        with pytest.raises(ConnectionAbortedError):
            client.upload(job.id, Addresses(breaks_at=1200))
        while not (there := client.upload_state(job.id, "addresses")).lines:
            time.sleep(0.05)  # the server has taken what came, and saves it in parts
        assert not there.complete
        SENT.clear()
        assert client.upload(job.id, Addresses()) == Upload(key="addresses", lines=LINES, complete=True)
        assert int(SENT[0]) > there.lines > 0
        assert client.job(job.id).counts.items == LINES
        SENT.clear()
        assert client.upload(job.id, Addresses()).complete
        assert SENT == []
        assert client.job(job.id).counts.items == LINES
        assert [row.external_id for row in client.results(job.id)] == [str(n) for n in range(1, LINES + 1)]


def test_a_line_that_is_wrong_is_told_by_its_number_and_leaves_nothing(house: AskedHouse):
    with house.client(house.key()) as client:
        job = client.create_job("Addresses", QUESTION)
        with pytest.raises(BadItems) as no:
            client.upload(job.id, Addresses(wrong=1234))
        assert [fault.line for fault in no.value.errors] == [1234]
        assert client.job(job.id).counts.items == 0
