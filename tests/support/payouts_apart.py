"""Requests over two cells in two databases, and what ends a process between the two."""

from typing import Any

import pytest

from manyeyes.roles.payout_parts import PayoutRequest
from manyeyes.roles.payouts import ask_payout
from manyeyes.runtime.context import Context
from support.action_stage import Stage
from support.factories import Hand

BANK = "Ada Lovelace\nDE02 1203 0000 0000 2020 51"


class Killed(Exception):
    """Stands for whatever ends a process between two cells."""


async def balanced(stages: dict[int, Stage]) -> bool:
    """Tell whether the books of all cells are whole."""
    return [(await stage.books()).findings for stage in stages.values()] == [[], []]


def killed_after(context: Context, monkeypatch: pytest.MonkeyPatch, commands: type[Any], times: int) -> None:
    """Let nothing happen any more once so many commands of a kind were carried out."""
    ask, done = context.batcher.ask, 0

    async def dying(action: Any, command: Any) -> Any:
        nonlocal done
        if isinstance(command, commands):
            done += 1
            if done > times:
                raise Killed
        return await ask(action, command)

    monkeypatch.setattr(context.batcher, "ask", dying)


async def asked(
    context: Context, ada: Hand, micros: int | None = None, details: str = BANK, key: str = "once"
) -> PayoutRequest:
    """Let somebody ask for this much, or for all; return the one request."""
    outcome = await ask_payout(context, ada.worker.worker_id, micros, details, key)
    assert isinstance(outcome, list), outcome
    (request,) = outcome
    return request
