"""test: a page that shows what arrived, and cannot be made to run anything."""

import html
import json

from support.anticaptcha_contract import assert_error
from support.in_process_client import Client


async def test_it_shows_the_object_and_the_raw_input_as_a_page(calm: Client):
    raw = '{"clientKey" : "x",\n "n": 5}'
    reply = await calm.post("/test", content=raw)
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/html")
    text = html.unescape(reply.text)
    assert raw in text
    assert str(json.loads(raw)) in text


async def test_what_arrived_cannot_become_part_of_the_page(calm: Client):
    reply = await calm.post(
        "/test", content=json.dumps({"<script>alert(1)</script>": "</pre><img src=x onerror=alert(1)>"})
    )
    assert "<script" not in reply.text
    assert "<img" not in reply.text
    assert reply.headers["x-content-type-options"] == "nosniff"


async def test_what_is_no_json_is_told_so_as_by_every_method(calm: Client):
    assert_error((await calm.post("/test", content=b"{")).json(), 24)
