"""``python -m manyeyes.recognisers.child_process ORDER``: opens one recogniser, then answers until its input ends.

Standard input and output belong to the server (child_protocol.py). What a recogniser prints goes where its errors go.
"""

import itertools
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import BinaryIO

import msgspec

from manyeyes.recognisers import frame_decoder, sandbox
from manyeyes.recognisers.catalogue import find
from manyeyes.recognisers.child_command import UNFOLDING, Order
from manyeyes.recognisers.child_protocol import (
    OUT_OF_MEMORY,
    ChildReply,
    Hello,
    Item,
    Outcome,
    Request,
    UnsupportedLabels,
    frame,
    read_frame,
)
from manyeyes.recognisers.interface import Failure, Finding, Recogniser
from manyeyes.recognisers.piecewise import CloseLook
from manyeyes.recognisers.sight import sight

Answerer = Callable[[Sequence[Item]], Sequence[Outcome]]


class Judge:
    """Asks a recogniser; what it does wrong with one picture is that picture's failure.

    Its word on a picture larger than it can make out is looked into (piecewise.py). ``seconds``: for one picture.
    """

    def __init__(self, recogniser: Recogniser, seconds: float) -> None:
        self._recogniser = recogniser
        self._close_look = CloseLook(sight(recogniser), seconds)
        self._faults: dict[tuple[tuple[int, str], ...], str] = {}  # of every set of labels that came so far

    def answer(self, items: Sequence[Item]) -> list[Outcome]:
        """Return one outcome per item; items of recognitions with the same labels go to the recogniser together."""
        outcomes: list[Outcome] = []
        for labels, group in itertools.groupby(items, key=lambda item: item.labels):
            alike = list(group)
            fault = self._fault(labels)
            outcomes += [UnsupportedLabels(fault)] * len(alike) if fault else self._judged(alike, labels)
        return outcomes

    def _fault(self, labels: Mapping[int, str]) -> str:
        key = tuple(sorted(labels.items()))
        if key not in self._faults:
            try:
                self._recogniser.recognise([], labels)
                self._faults[key] = ""
            except ValueError as error:
                self._faults[key] = str(error)
        return self._faults[key]

    def _judged(self, items: Sequence[Item], labels: Mapping[int, str]) -> list[Outcome]:
        def ask(pieces: Sequence[bytes]) -> list[Finding | Failure]:
            return self._recognised(pieces, labels)

        began = time.monotonic()
        wholes = ask([item.data for item in items])
        spent = (time.monotonic() - began) / len(items)
        return [
            self._close_look.finding(item, whole, spent, ask) if isinstance(whole, Finding) else whole
            for item, whole in zip(items, wholes, strict=True)
        ]

    def _recognised(self, pictures: Sequence[bytes], labels: Mapping[int, str]) -> list[Finding | Failure]:
        try:
            found = [_portable(outcome) for outcome in self._recogniser.recognise(pictures, labels)]
            if len(found) != len(pictures):
                raise RuntimeError(f"{len(found)} outcomes for {len(pictures)} pictures")
        except MemoryError:
            raise
        except Exception as error:
            if len(pictures) > 1:
                return [outcome for picture in pictures for outcome in self._recognised([picture], labels)]
            traceback.print_exc()
            return [Failure(f"the recogniser could not work on this picture ({type(error).__name__})")]
        return found


def _portable(outcome: Finding | Failure) -> Finding | Failure:
    """Return the outcome with plain numbers in it, whatever array library they came from; TypeError for no JSON."""
    if isinstance(outcome, Failure):
        return outcome
    details = msgspec.json.decode(msgspec.json.encode(outcome.details))
    return Finding(int(outcome.label), float(outcome.rate), details, outcome.unseen)


def opened(order: Order) -> Answerer:
    """Return what answers items. Raises ValueError for the operator."""
    if order.recogniser == UNFOLDING:
        return frame_decoder.answer
    opening = find(order.recogniser)
    if runtime := sys.modules.get("onnxruntime"):
        runtime.disable_telemetry_events()  # it would have no network to send them over, and says so on every start
    return Judge(opening(order.model), order.seconds).answer


def serve(order: Order, questions: BinaryIO, answers: BinaryIO) -> None:
    """Send the hello message, then answer every request, until there are no more."""
    try:
        answer = opened(order)
    except MemoryError:
        raise
    except Exception as error:
        if not isinstance(error, ValueError):
            traceback.print_exc()
        return _say(answers, Hello(str(error) or type(error).__name__))
    _say(answers, Hello())
    while (body := read_frame(questions)) is not None:
        items = msgspec.msgpack.decode(body, type=Request).items
        _say(answers, ChildReply(tuple(answer(items))))


def _say(answers: BinaryIO, message: msgspec.Struct) -> None:
    answers.write(frame(message))
    answers.flush()


def main() -> None:
    """Confine this process, then serve the recogniser that the order names.

    The limits come before anything heavy is loaded, since threads that exist already would stay outside of them.
    """
    order = msgspec.json.decode(sys.argv[1], type=Order)
    sandbox.die_with(order.parent_pid)
    for word in (signal.SIGINT, signal.SIGTERM):  # what is meant for all of the service is the server's to act on
        signal.signal(word, signal.SIG_IGN)
    sandbox.limit(order.megabytes)
    if not sandbox.cut_off():
        print("this system cannot refuse sockets; only the recogniser's own good behaviour does", file=sys.stderr)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        serve(order, sys.stdin.buffer, answers)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # at once: a pipe that closes before the process ends would look like a crash


if __name__ == "__main__":
    main()
