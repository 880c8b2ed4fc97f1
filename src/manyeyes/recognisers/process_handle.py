"""One child as the server sees it: started, asked, and killed when it does not answer as it should."""

import asyncio
import contextlib
import os
import signal
from collections import deque
from typing import NamedTuple

import msgspec
import structlog
from prometheus_client import Counter

from manyeyes.recognisers.catalogue import OPEN_SECONDS
from manyeyes.recognisers.child_command import UNFOLDING, command, environment
from manyeyes.recognisers.child_protocol import (
    HEADER_BYTES,
    LARGEST_REPLY_BYTES,
    OUT_OF_MEMORY,
    ChildReply,
    Hello,
    Request,
    frame,
)
from manyeyes.recognisers.said_lines import SaidLines

HELD_SECONDS = 1.0  # for the rest of a traceback
LAST_WORD_SECONDS = (
    1.0  # for the last lines of a child that is gone; only a process that it left behind holds its pipe for longer
)
STARTS = Counter("manyeyes_recogniser_starts", "Children by whether they could be opened", ["recogniser", "outcome"])
log = structlog.get_logger()


class ChildKind(NamedTuple):
    """What a child is for, and its share. ``seconds``: for one picture. ``megabytes``: of memory."""

    recogniser: str
    model: str
    seconds: float
    megabytes: int

    @property
    def name(self) -> str:
        """Return the child's name in logs and metrics."""
        return "unfolding" if self.recogniser == UNFOLDING else self.recogniser


class CannotOpen(Exception):
    """The child never became ready; the text says why, for the operator."""


class Lost(Exception):
    """The child gave no answer and is gone. ``cause``: crashed, slow, memory or garbled."""

    def __init__(self, cause: str, sentence: str) -> None:
        super().__init__(sentence)
        self.cause = cause


class RecogniserProcess:
    """Starts its child when it is told to or first asked, and anew after it was lost."""

    def __init__(self, kind: ChildKind) -> None:
        self._kind = kind
        self._process: asyncio.subprocess.Process | None = None
        self._ear: asyncio.Task[None] | None = None
        self._last_words: deque[str] = deque(maxlen=3)

    async def ask(self, request: Request) -> ChildReply:
        """Return the answer. Raises `CannotOpen`, or `Lost` when the child died, hung or sent what is no answer."""
        if self._process is None:
            await self.open()
        seconds = self._kind.seconds * len(request.items)
        try:
            async with asyncio.timeout(seconds):
                reply = msgspec.msgpack.decode(await self._exchange(frame(request)), type=ChildReply)
            if len(reply.outcomes) != len(request.items):
                raise msgspec.ValidationError("not one outcome per picture")
        except TimeoutError:
            await self.end()
            raise Lost("slow", f"no answer within {seconds:g} seconds") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise self._obituary(await self.end()) from None
        except msgspec.DecodeError as error:
            await self.end()
            raise Lost("garbled", f"the recogniser's process talked nonsense ({error})") from error
        return reply

    async def end(self) -> int | None:
        """Kill the child, if there is one, wait until it is gone, and return its exit code, negative for a signal."""
        process, self._process = self._process, None
        if process is None:
            return None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # it leads a group of its own: whatever it started goes with it
        code = await process.wait()
        if self._ear:
            await asyncio.wait((self._ear,), timeout=LAST_WORD_SECONDS)
        return code

    async def open(self) -> None:
        """Start the child and wait for its hello. Raises `CannotOpen`."""
        kind = self._kind
        try:
            await self._start()
        except CannotOpen:
            STARTS.labels(kind.name, "failed").inc()
            raise
        STARTS.labels(kind.name, "opened").inc()
        assert self._process
        log.info("recogniser_open", recogniser=kind.name, model=kind.model, pid=self._process.pid)

    async def _start(self) -> None:
        kind = self._kind
        try:
            self._process = await asyncio.create_subprocess_exec(
                *command(kind.recogniser, kind.model, kind.megabytes, kind.seconds),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=environment(),
                start_new_session=True,  # the terminal's Ctrl-C is for the server, which ends its children in time
            )
            self._ear = asyncio.create_task(self._listen(self._process))
            async with asyncio.timeout(OPEN_SECONDS):
                hello = msgspec.msgpack.decode(await self._exchange(b""), type=Hello)
        except TimeoutError:
            await self.end()
            raise CannotOpen(f"{kind.name} was not open after {OPEN_SECONDS:.0f} seconds") from None
        except (OSError, asyncio.IncompleteReadError, msgspec.DecodeError):
            code = await self.end()
            raise CannotOpen(f"{kind.name} ended with {code} while it was opened: {self._said()}") from None
        if hello.fault:
            await self.end()
            raise CannotOpen(hello.fault)

    async def _exchange(self, asked: bytes) -> bytes:
        process = self._process
        assert process
        assert process.stdin
        assert process.stdout
        process.stdin.write(asked)
        await process.stdin.drain()
        size = int.from_bytes(await process.stdout.readexactly(HEADER_BYTES), "big")
        if size > LARGEST_REPLY_BYTES:
            raise msgspec.DecodeError(f"{size} bytes at once")
        return await process.stdout.readexactly(size)

    def _obituary(self, code: int | None) -> Lost:
        if code == OUT_OF_MEMORY:
            return Lost("memory", f"the recogniser needed more than {self._kind.megabytes} megabytes of memory")
        by = signal.Signals(-code).name if code and code < 0 else f"exit code {code}"
        return Lost("crashed", f"the recogniser's process ended while it looked at the picture ({by})")

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """Log what the child says on its standard error, a traceback as one line of the log."""
        assert process.stderr
        said = SaidLines()
        is_over = False
        while not is_over:
            try:
                chunk = await asyncio.wait_for(process.stderr.read(65_536), HELD_SECONDS if said.holds_trace else None)
            except TimeoutError:
                found = said.end_trace()
            else:
                is_over = not chunk
                found = said.end() if is_over else said.take(chunk)
            for text in found:
                self._last_words.append(text.rpartition("\n")[2])
                log.info("recogniser_says", recogniser=self._kind.name, pid=process.pid, line=text)

    def _said(self) -> str:
        return " / ".join(self._last_words) or "it said nothing"
