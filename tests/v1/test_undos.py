"""POST /v1/worker/undos: who does not get the picture any more is told why, and does not get it by taking back."""

from pathlib import Path

import pytest

from manyeyes.settings import Settings
from support import factories
from support.in_process_client import Client


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings under which what is sent with `undo` can be taken back, for longer than a test lasts."""
    return Settings(data=tmp_path, undo_seconds=60)


async def test_who_went_offline_comes_back_first(client: Client):
    customer, hand = await factories.customer(client.context), await factories.hand(client.context)
    await client.post("/v1/worker/online", headers=hand.headers)
    await factories.submit(client.context, customer)
    lease = (await client.get("/v1/worker/next?wait=5", headers=hand.headers)).json()["lease"]
    body = {"lease": lease, "answer": {"text": "12345"}, "undo": True}
    laid = await client.post("/v1/worker/answers", headers=hand.headers, json=body)
    assert "undo_until" in laid.json()
    await client.post("/v1/worker/offline", headers=hand.headers)
    refused = await client.post("/v1/worker/undos", headers=hand.headers, json={"lease": lease})
    assert (refused.status_code, refused.json()["refusal"]) == (409, "not_online")
    await client.post("/v1/worker/online", headers=hand.headers)
    back = await client.post("/v1/worker/undos", headers=hand.headers, json={"lease": lease})
    assert (back.status_code, back.json()["lease"]) == (200, lease)
