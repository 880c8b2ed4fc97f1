"""Several workers who answer through /v1/worker, each with their own program."""

from collections.abc import Sequence

from support import factories
from support.in_process_client import Client


class Hands:
    """Workers of the first queue; each answers what lies before them."""

    def __init__(self, client: Client, hands: Sequence[factories.Hand]) -> None:
        self._client, self.hands = client, hands

    async def answer(self, *texts: str) -> list[int]:
        """Let as many of them answer as there are texts, in their order; return who did."""
        left, answered = list(texts), []
        for hand in self.hands:
            if not left:
                break
            lease = await self._client.get("/v1/worker/next?wait=1", headers=hand.headers)
            if lease.status_code != 200:
                continue
            answer = {"lease": lease.json()["lease"], "answer": {"text": left.pop(0)}}
            reply = await self._client.post("/v1/worker/answers", headers=hand.headers, json=answer)
            assert reply.status_code == 200, reply.text
            answered.append(hand.worker.worker_id)
        assert not left, f"nobody was asked for {left}"
        return answered


async def hands(client: Client, count: int) -> Hands:
    """Register workers and bring them online."""
    found = [await factories.hand(client.context) for _ in range(count)]
    for hand in found:
        await client.post("/v1/worker/online", headers=hand.headers)
    return Hands(client, found)
