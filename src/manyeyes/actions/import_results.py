"""Record results of other days from a file: stored and counted like those that were recognised here, free of charge."""

from collections.abc import Sequence
from datetime import UTC, datetime

import asyncpg
import msgspec

from manyeyes.recognitions import store
from manyeyes.recognitions.csv_import import History, ImportedResult
from manyeyes.recognitions.rules import Recognition
from manyeyes.recognitions.store import RecognitionResult, StoredCall
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed

CHUNK = 1_000  # rows per statement, each of which goes by itself: nothing else of the process waits for long
CHUNK_SECONDS = 60.0  # for one of them, however slow the disk is
FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)  # no sweep forgets that a file was imported


class ImportResults(msgspec.Struct, frozen=True, kw_only=True):
    """``digest``: SHA-256 of the file; ``first_result_id``: the first of as many serials as the history has rows."""

    cell: int
    call_id: int
    recognition: Recognition
    digest: bytes
    first_result_id: int
    history: History
    actor: Actor = BY_ITSELF


class Imported(msgspec.Struct, frozen=True):
    """``is_repeated``: the same file was imported into the recognition before, and nothing was done now."""

    results: int
    is_repeated: bool


async def import_results(tx: asyncpg.Connection, now: datetime, commands: Sequence[ImportResults]) -> list[Imported]:
    """Return how many results each file brought: all of them, or none when it had been imported before."""
    done = [await _import(tx, command) for command in commands]
    entries = [_told(c) for c, (_, is_new) in zip(commands, done, strict=True) if is_new]
    await trail.record(tx, now, commands[0].cell, entries)
    return [imported for imported, _ in done]


def _told(command: ImportResults) -> TrailEntry | None:
    after = {"sha256": command.digest.hex(), "results": len(command.history.rows)}
    return change_of(command.actor, Deed.RECOGNITION_IMPORT, f"recognition:{command.recognition.task_id}", None, after)


async def _import(tx: asyncpg.Connection, command: ImportResults) -> tuple[Imported, bool]:
    """Return what a file brought, and whether that is now: not before, nor in a try whose reply was lost."""
    cell, history, of = command.cell, command.history, command.recognition
    call = StoredCall(of.secret_id, _key(command), command.call_id, command.digest, "")
    if not await store.claim_call(tx, FOR_EVER, cell, call):
        known = (await store.calls(tx, cell, [(call.secret_id, call.triple)]))[call.secret_id, call.triple]
        is_mine = known.call_id == command.call_id  # this command, tried again after its connection broke
        return Imported(len(history.rows) if is_mine else 0, not is_mine), False
    for start in range(0, len(history.rows), CHUNK):
        chunk = enumerate(history.rows[start : start + CHUNK], command.first_result_id + start)
        rows = [_result(command, result_id, seen) for result_id, seen in chunk]
        await store.insert_results(tx, cell, rows, seconds=CHUNK_SECONDS)
    await store.add_days(tx, cell, history.days)
    await store.add_quarters(tx, cell, history.quarters)
    return Imported(len(history.rows), False), True


def _key(command: ImportResults) -> bytes:
    """Return what stands where calls have their timestamp and nonce: no digest of those has this length."""
    return b"import:" + command.recognition.task_id.encode() + b":" + command.digest


def _result(command: ImportResults, result_id: int, seen: ImportedResult) -> RecognitionResult:
    of = command.recognition
    return RecognitionResult(
        recognition_id=of.recognition_id,
        result_id=result_id,
        call_id=command.call_id,
        at=seen.at,
        name=seen.name,
        tag="",
        uid="",
        sequence_id="",
        label=seen.label,
        rate=seen.rate,
        threshold=of.threshold,
        review=seen.review,
        fault="",
        details=None,
        milliseconds=0,
        task_id=0,
        charged_micros=0,
    )
