"""Who sees what: people see upright pixels without notes, and a picture's customer has it as they sent it."""

import base64
import io

import pytest
from PIL import Image

from manyeyes.recognisers.request_queue import RecogniserAway, RecogniserBusy
from manyeyes.roles.worker import WorkerDesk
from manyeyes.tasks.rules import wire_id
from support import factories
from support.drawn_pictures import painting, written
from support.in_process_client import Client
from support.judged_pictures import JPEG, TURNED
from support.made_pictures import EXIF, chunk, noted, orientation, segment, with_segments

AUTHOR = b"Ann, Example Street 1"
PNG = noted(chunk(b"eXIf", orientation(1)), chunk(b"tEXt", b"Author\0" + AUTHOR))
LYING = written(painting(64, 48), "JPEG", quality=88, subsampling=0)
SIDEWAYS = with_segments(LYING, segment(0xE1, EXIF + orientation(6)), segment(0xFE, AUTHOR))


async def sent(client: Client, customer: factories.Customer, data: bytes) -> int:
    body = base64.b64encode(data).decode()
    reply = await factories.call(client, "createTask", customer, task={"type": "ImageToTextTask", "body": body})
    assert reply["errorId"] == 0, reply
    return reply["taskId"]


async def peoples_path(client: Client, hand: factories.Hand) -> str:
    lease = await factories.taken(client.context, hand)
    assert lease.picture
    return lease.picture.peoples_path(client.context.pictures)


def opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        return picture


async def test_a_worker_sees_pixels_and_the_customer_keeps_what_they_sent(
    calm: Client, customer: factories.Customer, hand: factories.Hand
):
    task_id = await sent(calm, customer, PNG)
    bearer = {"authorization": f"Bearer {hand.token}"}
    await calm.post("/v1/worker/online", json={}, headers=bearer)
    lease = (await calm.get("/v1/worker/next?wait=5", headers=bearer)).json()
    seen = await calm.get(lease["task"]["image_url"])
    assert seen.headers["content-type"] == "image/png"
    assert not [note for note in (AUTHOR, b"eXIf", b"tEXt") if note in seen.content]
    assert opened(seen.content).tobytes() == opened(PNG).tobytes()
    await calm.post("/v1/worker/answers", json={"lease": lease["lease"], "answer": {"text": "12345"}}, headers=bearer)
    ready = await factories.call(calm, "getTaskResult", customer, taskId=task_id)
    own = await calm.get(ready["solution"]["url"])
    assert own.content == PNG
    assert ready["solution"]["url"] != lease["task"]["image_url"]


async def test_reviewers_and_whoever_is_in_a_dispute_see_pixels_too(
    calm: Client, customer: factories.Customer, hand: factories.Hand
):
    await sent(calm, customer, PNG)
    lease = await factories.taken(calm.context, hand)
    await WorkerDesk(calm.context).answer(hand.worker, lease.lease, "wrong")
    await factories.complain(calm.context, customer, wire_id(lease.lease.task_id))
    reviewer = {"authorization": f"Bearer {(await factories.hand(calm.context, reviewer=True)).token}"}
    slot = (await calm.get("/v1/reviewer/next", headers=reviewer)).json()
    own = (await calm.get("/v1/reports", headers={"authorization": f"Bearer {customer.key}"})).json()["reports"][0]
    assert AUTHOR not in (await calm.get(slot["task"]["image_url"])).content
    assert (await calm.get(own["image_url"])).content == PNG


async def test_a_picture_lies_as_its_camera_says(calm: Client, customer: factories.Customer, hand: factories.Hand):
    await sent(calm, customer, SIDEWAYS)
    seen = await calm.get(await peoples_path(calm, hand))
    assert seen.headers["content-type"] == "image/jpeg"
    assert AUTHOR not in seen.content
    assert EXIF not in seen.content
    turned, wanted = opened(seen.content), opened(SIDEWAYS).transpose(Image.Transpose.ROTATE_270)
    assert turned.size == wanted.size == (48, 64)
    differences = [abs(a - b) for a, b in zip(turned.tobytes(), wanted.convert("RGB").tobytes(), strict=True)]
    assert sum(differences) / len(differences) < 1


@pytest.mark.parametrize("name", [name for name in TURNED if name.startswith("PNG")])
async def test_a_png_is_turned_without_loss(
    calm: Client, customer: factories.Customer, hand: factories.Hand, name: str
):
    await sent(calm, customer, TURNED[name])
    seen = await calm.get(await peoples_path(calm, hand))
    wanted = opened(TURNED[name]).transpose(Image.Transpose.ROTATE_270)
    assert opened(seen.content).convert("RGB").tobytes() == wanted.convert("RGB").tobytes()


async def test_without_a_process_nobody_gets_more_than_pixels(
    calm: Client, customer: factories.Customer, hand: factories.Hand, monkeypatch: pytest.MonkeyPatch
):
    await sent(calm, customer, SIDEWAYS)
    path = await peoples_path(calm, hand)
    fault = [RecogniserAway("gone")]

    async def failing(*asked: object) -> None:
        raise fault[0]

    monkeypatch.setattr(calm.context.recognisers, "_decoded", failing)
    lying = await calm.get(path)
    assert AUTHOR not in lying.content
    assert opened(lying.content).size == (64, 48)
    fault[0] = RecogniserBusy("512 pictures wait")
    later = await calm.get(path)
    assert (later.status_code, later.headers["cache-control"]) == (503, "no-store")


async def test_a_picture_of_earlier_times_is_encoded_anew_or_not_shown(
    calm: Client, customer: factories.Customer, hand: factories.Hand
):
    task_id = await sent(calm, customer, JPEG)
    path = await peoples_path(calm, hand)
    serial = await calm.context.id_blocks.of_wire(customer.cell, task_id)
    for kept, status in ((b"\x89PNG\r\n\x1a\nnothing", 404), (noted(chunk(b"ABCD", AUTHOR)), 200)):
        async with calm.context.cells.pool(customer.cell).acquire() as db:
            await db.execute("UPDATE blob SET bytes = $2 WHERE task_id = $1", serial, kept)
        seen = await calm.get(path)
        assert seen.status_code == status
        assert AUTHOR not in seen.content
