"""Pictures as base64 in JSON: the same answer as of files, under the names of their places."""

import base64
import textwrap

from support import factories
from support.signed_customer import Shop, opened

PICTURE = base64.b64encode(factories.picture_bytes("one")).decode()


async def test_pictures_tags_and_tasks_in_the_plural(shop: Shop):
    other = await shop.another()
    answer = await shop.base64(PICTURE, PICTURE, tags=["a", "b"], tasks=[other.task_id], uid="u", sequenceId=["s"])
    assert list(answer.said) == [other.task_id, "code", "message", "nonce", "timestamp"]
    assert answer.files(other.task_id) == [
        {"rate": 0.0, "label": 0, "name": "0", "review": True, "tag": "a"},
        {"rate": 0.0, "label": 0, "name": "1", "review": True, "tag": "b"},
    ]
    rows = await shop.rows("recognition_result", "name, tag, uid, sequence_id")
    assert sorted(tuple(row.values()) for row in rows) == [("0", "a", "u", "s"), ("1", "b", "u", "s")]


async def test_a_prefix_and_broken_lines_are_skipped(shop: Shop):
    wrapped = "\r\n".join(textwrap.wrap(PICTURE, 76))
    answer = await shop.base64(f"data:image/png;base64,{PICTURE}", wrapped, f"DATA:;base64,{wrapped}")
    assert [file["label"] for file in answer.files(shop.task_id)] == [0, 0, 0]


async def test_what_is_no_base64_or_no_picture_is_minus_one(shop: Shop):
    answer = await shop.base64(PICTURE, "!!", "QUJD", PICTURE[:-8], "图", "data:image/png;base64,")
    assert [file["label"] for file in answer.files(shop.task_id)] == [0, -1, -1, -1, -1, -1]
    faults = await shop.rows("recognition_result", "name, fault")
    assert next(row["fault"] for row in faults if row["name"] == "1").startswith("it is no base64")


async def test_one_picture_may_stand_alone(shop: Shop):
    reply = await shop.client.post(
        f"/v3/recognition/image/sync/base64/{shop.sid}", json={**shop.triple(), "images": PICTURE, "tags": None}
    )
    answer = opened(shop, reply)
    assert list(answer.files(shop.task_id)[0]) == ["rate", "label", "name", "review"]


async def test_what_does_not_fit_is_refused_as_of_files(shop: Shop):
    assert (await shop.base64()).code == 3
    assert (await shop.base64(*[PICTURE] * 11)).code == 19
    assert (await shop.base64(PICTURE, tasks=["0" * 24])).code == 7
    assert (await shop.base64(PICTURE, tags=["x" * 201])).code == 15
    assert (await shop.base64(PICTURE, images=[{"data": PICTURE}])).code == 15


async def test_files_and_addresses_belong_to_the_other_call(shop: Shop):
    path = f"/v3/recognition/image/sync/base64/{shop.sid}"
    reply = await shop.client.post(path, data=shop.triple(), files={"images": factories.picture_bytes()})
    assert opened(shop, reply).code == 15
    assert (await shop.base64("http://x.example/a.png")).files(shop.task_id)[0]["label"] == -1
