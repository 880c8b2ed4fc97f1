"""Ctrl-C while a command is at work: nothing is said, and its exit code is the shell's."""

import asyncio
import os
import signal

from manyeyes.cli import db


def test_ctrl_c_ends_a_command_without_a_word(manyeyes, monkeypatch):
    async def interrupted(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(60)

    monkeypatch.setattr(db, "prove_books", interrupted)
    done = manyeyes("db", "check")
    assert (done.code, done.out, done.err) == (130, "", "")
