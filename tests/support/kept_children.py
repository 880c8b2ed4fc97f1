"""The process that decodes pictures, kept from test to test: starting one takes longer than most tests do."""

import asyncio
from typing import ClassVar

from manyeyes.recognisers.child_command import UNFOLDING
from manyeyes.recognisers.pool import RecogniserPool
from manyeyes.recognisers.request_queue import Lane


class KeptUnfolding(RecogniserPool):
    """Ends its recognisers as every pool does, but not what decodes pictures: that is shared by all pools of a loop."""

    kept: ClassVar[dict[tuple[asyncio.AbstractEventLoop, float, int], Lane]] = {}

    async def close(self) -> None:
        self._lanes.pop((UNFOLDING, ""), None)
        await super().close()

    def _lane(self, recogniser: str, model: str) -> Lane:
        if recogniser == UNFOLDING:
            key = asyncio.get_running_loop(), self._seconds, self._megabytes
            if key in self.kept:
                self._lanes[recogniser, model] = self.kept[key]
            else:
                self.kept[key] = super()._lane(recogniser, model)
        return super()._lane(recogniser, model)
