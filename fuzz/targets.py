"""What is fuzzed: each target's inputs, and what is done with one."""

import time
from collections.abc import Callable

from hypothesis.strategies import SearchStrategy

from fuzz import described, item_files, requests, values
from fuzz.answers import PATIENCE_SECONDS, fault, send, summary
from fuzz.inputs import Input
from fuzz.installation import Installation
from fuzz.search import Broken, Tally, search
from manyeyes.recognisers import frame_decoder
from manyeyes.recognisers.child_protocol import Item

# By name: the shape that answers have (fuzz/answers.py; empty: by the path), and the requests.
SENT: dict[str, tuple[str, Callable[[], SearchStrategy[Input]]]] = {
    "v1": ("v1", described.v1),
    "items": ("v1", item_files.items),
    "anticaptcha": ("anticaptcha", requests.anticaptcha),
    "tupu": ("tupu", requests.tupu),
    "pictures": ("", requests.picture_calls),
    "pages": ("any", requests.pages),
    "anything": ("any", requests.anything),
}
DECODER = "decoder"  # what the picture process does, without the process
NAMES = (*SENT, DECODER)


def run(name: str, installation: Installation, seconds: float) -> Tally:
    """Fuzz one target for so many seconds."""
    until = time.monotonic() + seconds
    if name == DECODER:
        return search(DECODER, values.pictures(), _decode, until)
    usual, drawn = SENT[name]

    def attempt(sent: Input, tally: Tally) -> None:
        shape = usual or ("tupu" if b" /v3/" in sent.head[0] else "anticaptcha")
        answered = send(installation.address, sent, installation.names())
        tally.seen[summary(shape, answered)] += 1
        tally.slowest = max(tally.slowest, answered.seconds)
        wrong = fault(shape, answered)
        where = sent.head[0].split(b"?", 1)[0].decode("utf-8", "replace")
        _judge(f"{wrong} at {where}" if wrong else "", sent.file, tally)

    return search(name, drawn(), attempt, until)


def _decode(data: bytes, tally: Tally) -> None:
    began = time.monotonic()
    try:
        (outcome,) = frame_decoder.answer([Item(data)])
        wrong = ""
        tally.seen[type(outcome).__name__] += 1
    except Exception as error:
        wrong = f"raised {type(error).__name__}"
    seconds = time.monotonic() - began
    tally.slowest = max(tally.slowest, seconds)
    _judge(wrong or ("stall" if seconds > PATIENCE_SECONDS else ""), data, tally)


def _judge(wrong: str, file: bytes, tally: Tally) -> None:
    if wrong and tally.note(wrong, file):
        raise Broken(wrong)
