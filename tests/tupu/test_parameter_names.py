"""Names of parameters in every spelling that clients use, in all bodies alike; what decides is never skipped."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from manyeyes.tupu.parameter_names import known_name
from support import factories
from support.signed_customer import Answer, Shop, opened

PICTURE = factories.picture_bytes("one")
NO_TASK = "0" * 24
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    "written",
    [
        *("task", "task[]", "task[0]", "task[12]", "task[a][b]", "task[0][]", "task.0", "Task", "TASK", " task\t"),
        *("tasks", "tasks[]", "task [0]", "\ufefftask", "task[ 0 ]", "task\n", "TASKS[1]"),
    ],
)
def test_one_name_has_many_spellings(written: str) -> None:
    assert known_name(written) == "task"


@pytest.mark.parametrize(
    "written",
    [
        *("task_id", "taskIds", "task-id", "task[", "task]", "params[task]", "a.task", "my_task", "task[0"),
        *("image2", "image_url", "imageurl", "secretTask", "userImage", "ta\u200bsk", "ta\u00adsk[]", "ｔａｓｋ"),
    ],
)
def test_a_name_like_a_decisive_one_is_told_and_not_skipped(written: str) -> None:
    with pytest.raises(ValueError, match="is not known"):
        known_name(written)


@pytest.mark.parametrize(
    "written", ["", "time", "isExtended", "x" * 10_000, "[0]", "multitask", "DAMAGES", "multitasks"]
)
def test_other_unknown_names_are_skipped(written: str) -> None:
    assert known_name(written) == ""


async def sent(shop: Shop, way: str, fields: list[tuple[str, Any]]) -> Answer:
    """Send fields as a form, as multipart or as JSON; bytes are files, and in a form an address stands for them."""
    url = f"/v3/recognition/{shop.sid}"
    triple = list(shop.triple().items())
    if way == "multipart":
        files = [(name, ("a.png", value) if isinstance(value, bytes) else (None, value)) for name, value in fields]
        return opened(shop, await shop.client.post(url, data=dict(triple), files=files))
    texts = [(name, "http://127.0.0.1:1/x" if isinstance(value, bytes) else value) for name, value in fields]
    if way == "form":
        body = urlencode([*triple, *texts]).encode()
        return opened(shop, await shop.client.post(url, content=body, headers={"content-type": "text/plain"}))
    return opened(shop, await shop.client.post(url, content=json.dumps(dict(triple + texts)), headers=JSON))


@pytest.mark.parametrize("way", ["multipart", "form", "json"])
@pytest.mark.parametrize(
    "name", ["task", "task[]", "task[0]", "Task", "task ", "tasks", "tasks[0][id]", "taskId", "task.0"]
)
async def test_a_recognition_that_is_not_there_is_7_whatever_its_name_is_spelt_like(shop: Shop, way: str, name: str):
    answer = await sent(shop, way, [("image", PICTURE), (name, NO_TASK)])
    assert answer.code == 7, answer.said


@pytest.mark.parametrize("way", ["multipart", "form", "json"])
@pytest.mark.parametrize("name", ["task_id", "taskIds", "task[", "image2", "imageurl"])
async def test_a_name_that_is_not_understood_is_15_and_nothing_is_recognised(shop: Shop, way: str, name: str):
    answer = await sent(shop, way, [("image", PICTURE), (name, NO_TASK)])
    assert (answer.code, "is not known" in answer.said["message"]) == (15, True)
    assert await shop.rows("recognition_result") == []


async def test_only_the_recognition_that_was_chosen_runs(shop: Shop):
    other = await shop.another()
    answer = await sent(shop, "multipart", [("image", PICTURE), ("task[0]", f" {other.task_id}\n")])
    assert answer.code == 0
    assert (other.task_id in answer.said, shop.task_id in answer.said) == (True, False)


async def test_two_tasks_are_two_recognitions(shop: Shop):
    other = await shop.another()
    answer = await sent(shop, "multipart", [("image", PICTURE), ("task[1]", other.task_id), ("task[0]", shop.task_id)])
    assert {other.task_id, shop.task_id} <= set(answer.said)


@pytest.mark.parametrize(
    "names", [("image[0]", "image[1]"), ("image[]", "image[]"), ("image", "images"), ("image[1]", "Image[0]")]
)
async def test_files_in_a_list_come_back_in_the_order_in_which_they_were_sent(shop: Shop, names: tuple[str, str]):
    files: list[tuple[str, Any]] = [(name, (f"{place}.png", PICTURE)) for place, name in enumerate(names)]
    texts: list[tuple[str, Any]] = [("tag[0]", (None, "room 7")), ("tag[1]", (None, "room 8"))]
    reply = await shop.client.post(f"/v3/recognition/{shop.sid}", data=shop.triple(), files=files + texts)
    found = opened(shop, reply).files(shop.task_id)
    assert [(file["name"], file["tag"]) for file in found] == [("0.png", "room 7"), ("1.png", "room 8")]


async def test_a_file_under_an_unknown_name_is_15(shop: Shop):
    files = [("image", ("a.png", PICTURE)), ("picture", ("b.png", PICTURE))]
    reply = await shop.client.post(f"/v3/recognition/{shop.sid}", data=shop.triple(), files=files)
    answer = opened(shop, reply)
    assert (answer.code, "pictures come under `image`" in answer.said["message"]) == (15, True)


async def test_the_singular_names_choose_in_the_base64_call_too(shop: Shop):
    answer = await shop.base64("AAAA", task=NO_TASK)
    assert answer.code == 7
    assert (await shop.base64("AAAA", **{"tasks[]": [NO_TASK]})).code == 7


async def test_a_decisive_parameter_in_the_address_is_15(shop: Shop):
    for query, code in (("task=1", 15), ("task[]=1", 15), ("image=x", 15), ("debug=1&uid=2", 3)):
        reply = await shop.client.post(f"/v3/recognition/{shop.sid}?{query}", data=shop.triple())
        assert opened(shop, reply).code == code, query


@pytest.mark.parametrize(
    "more",
    [
        *('"task":"{0}","task":"x"', '"x":{{"task":"{0}"}},"image":"y"', '"TASK":"x","TASK":"{0}"'),
        *('"t\\u0061sk":"x","task":"{0}"', '"task[]":"x","task[]":"{0}"', '"x":{{"\\u0054ask":"{0}"}}'),
        '" task" : "x"," task"\t:"{0}"',
    ],
)
async def test_a_member_of_json_that_comes_twice_or_deeper_is_15(shop: Shop, more: str):
    text = json.dumps(shop.triple())[:-1] + "," + more.format(shop.task_id) + "}"
    reply = await shop.client.post(f"/v3/recognition/{shop.sid}", content=text, headers=JSON)
    assert opened(shop, reply).code == 15


async def test_a_text_that_looks_like_a_member_is_a_text(shop: Shop):
    text = json.dumps({**shop.triple(), "uid": '"task": "x"', "tag": "task", "task": shop.task_id})
    reply = await shop.client.post(f"/v3/recognition/{shop.sid}", content=text, headers=JSON)
    assert opened(shop, reply).code == 3


async def test_json_of_very_many_members_is_15(shop: Shop):
    text = "{" + ",".join(f'"a{n}":1' for n in range(10_001)) + "}"
    reply = await shop.client.post(f"/v3/recognition/{shop.sid}", content=text, headers=JSON)
    assert opened(shop, reply).code == 15


@pytest.mark.parametrize("end", ["%20", "%0A", "%0D%0A", "/", "%20/"])
async def test_blanks_behind_the_secret_id_in_the_path_do_not_count(shop: Shop, end: str):
    reply = await shop.client.post(f"/v3/recognition/{shop.sid}{end}", data=shop.triple())
    assert opened(shop, reply).code == 3


async def test_an_address_among_blanks_is_fetched_without_them_and_called_as_it_came(shop: Shop):
    answer = await shop.recognise("\thttp://127.0.0.1:8999/x \n")
    assert (answer.code, "forbidden" in answer.said["message"]) == (14, True)
    assert (await shop.recognise(" \n")).code == 3
