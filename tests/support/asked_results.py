"""Results that a person is asked about, on a stage: recorded by the real action, answered by a real worker."""

from typing import Any

from manyeyes.actions.record_recognitions import NewResult
from manyeyes.recognitions import reviews as verdicts
from manyeyes.recognitions.calibration import ReviewVerdict
from support.action_stage import Stage
from support.recognition_calls import Calls, app_of, recognition_of


class Asked:
    """One app with one recognition on a stage, and one worker who looks at what is uncertain."""

    def __init__(self, stage: Stage, calls: Calls, worker_id: int) -> None:
        self.stage, self.calls, self.worker_id = stage, calls, worker_id

    @property
    def account_id(self) -> int:
        """Return the account that pays."""
        return self.calls.app.account_id

    async def ask(self, label: int = 1, rate: float = 0.4, **given: Any) -> NewResult:
        """Record one result that a person is asked about."""
        result = self.calls.found(label=label, rate=rate, ask=True, **given)
        await self.calls.record(result)
        return result

    async def say(self, number: int | str) -> Any:
        """Let the worker give a label to what lies before them."""
        await self.stage.hand_out()
        return await self.stage.answer(self.worker_id, await self.stage.lease(self.worker_id), str(number))

    async def decide(self, number: int, **given: Any) -> NewResult:
        """Record a result and let the worker give it a label."""
        result = await self.ask(**given)
        await self.say(number)
        return result

    async def reviews(self, columns: str = "*") -> list[dict[str, Any]]:
        """Return the rows of reviews."""
        return await self.stage.rows("recognition_review", columns)

    async def counts(self) -> tuple[int, int, int]:
        """Return (reviewed, overturned, undecided) of all quarters; the days must say the same of the first two."""
        quarters = await self.stage.rows("recognition_quarter", "reviewed, overturned, undecided")
        days = await self.stage.rows("recognition_day", "reviewed, overturned")
        reviewed, overturned, undecided = [sum(q[name] for q in quarters) for name in quarters[0]]
        assert [sum(day[name] for day in days) for name in days[0]] == [reviewed, overturned]
        return reviewed, overturned, undecided

    async def verdicts(self) -> list[ReviewVerdict]:
        """Return what a calibration would see, from the beginning of time."""
        recognition_id = self.calls.recognitions[0].recognition_id
        async with self.stage.pool.acquire() as db:
            return await verdicts.verdicts(db, self.stage.cell, recognition_id, self.stage.now.replace(year=2000))


async def asked_on(stage: Stage, **recognition: Any) -> Asked:
    """Return an app whose recognition is made of these terms, with 1 USD to spend."""
    app = app_of(await stage.account(), cell=stage.cell)
    return Asked(stage, Calls(stage, app, recognition_of(app, **recognition)), await stage.worker())
