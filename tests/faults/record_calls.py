"""A process that records recognition calls, batch after batch, and prints the number of each that it was told of.

Arguments: DSN, secretId, the number to begin with. It goes on until it is killed.
"""

import asyncio
import hashlib
import itertools
import sys
from pathlib import Path

from manyeyes.actions.record_recognitions import NewResult, Recorded, RecordRecognition, record_recognitions
from manyeyes.logs.lines import set_up_logs
from manyeyes.runtime.context import Context, open_context
from manyeyes.settings import Settings

TOGETHER = 5  # calls that wait for one batch


async def call(context: Context, secret_id: str, number: int) -> None:
    """Record a call with a certain, an uncertain and a failed result, as often as it takes until it is acknowledged."""
    app = await context.lookups.app(secret_id)
    (recognition,) = await context.lookups.recognitions(secret_id)
    assert app is not None

    async def result(label: int, rate: float, *, review: bool = False) -> NewResult:
        return NewResult(
            result_id=await context.id_blocks.take(app.cell),
            recognition=recognition,
            name=f"{number}.jpg",
            label=label,
            rate=rate,
            review=review,
            task_id=await context.id_blocks.take(app.cell) if review else 0,
        )

    command = RecordRecognition(
        cell=app.cell,
        call_id=await context.id_blocks.take(app.cell),
        app=app,
        triple=hashlib.sha256(f"{number}".encode()).digest(),
        digest=b"what it asks",
        answer=f'{{"number":{number}}}',
        results=(await result(1, 0.95), await result(2, 0.2, review=True), await result(-1, 0.0)),
        queues=await context.lookups.queues(),
    )
    outcome = await context.batcher.ask(record_recognitions, command)
    assert isinstance(outcome, Recorded), outcome
    assert outcome.answer == command.answer
    print(number, flush=True)


async def main(dsn: str, secret_id: str, first: int) -> None:
    context = await open_context(Settings(data=Path("/nowhere")), dsn)
    for start in itertools.count(first, TOGETHER):
        await asyncio.gather(*[call(context, secret_id, number) for number in range(start, start + TOGETHER)])


set_up_logs()
asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
