"""The bytes of the answers: docs/contracts/tupu.md#exact-bytes; codes, verbs and paths, faults and outages."""

import json

import asyncpg
import pytest

from manyeyes.runtime.batching import Unavailable
from manyeyes.runtime.context import Context
from manyeyes.tupu import operations
from manyeyes.tupu.codes import CODES, code_and_message
from manyeyes.values.refusals import Reason, Refusal
from support import factories
from support.signed_customer import Shop, open_shop, opened

PICTURE = factories.picture_bytes("one")
ODD = "图/片 😀\"\\'\t<&>\u007f\u2028.png"


async def test_whatever_a_name_and_a_tag_hold_the_answer_is_plain_ascii(shop: Shop):
    """A Chinese file name, a slash, an emoji, quotes: `opened` checks the bytes; here nothing of it is lost."""
    answer = await shop.base64("AAAA", tags=[ODD])
    assert answer.files(shop.task_id)[0]["tag"] == ODD
    assert "\\ud83d\\ude00" in answer.inner
    assert b"\\\\ud83d\\\\ude00" in answer.reply.content
    assert b": " not in answer.reply.content.replace("图/片 ".encode("unicode_escape"), b"")
    assert answer.reply.content.startswith(b'{"json":"{\\"')
    assert answer.reply.content.count(b'","signature":"') == 1
    file = await shop.recognise(("路径/照片 1.png", PICTURE), tag="a/b")
    assert file.files(shop.task_id)[0] == {"rate": 0.0, "label": 0, "name": "照片 1.png", "review": True, "tag": "a/b"}
    assert "a/b" in file.inner


async def test_every_nonce_is_another_and_the_signature_is_of_the_key_s_length(shop: Shop):
    answers = [await shop.recognise() for _ in range(2)]
    assert answers[0].said["nonce"] != answers[1].said["nonce"]
    assert all(0 <= float(answer.said["nonce"]) < 1 for answer in answers)
    assert len(json.loads(answers[0].reply.content)["signature"]) == 344  # 2048 bit


async def test_an_error_has_four_members_in_their_order(shop: Shop):
    answer = await shop.recognise()
    assert list(answer.said) == ["code", "message", "nonce", "timestamp"]
    assert (answer.code, answer.said["message"]) == (3, "There is no picture in the request")
    assert answer.reply.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("reason", CODES, ids=str)
async def test_every_code_of_the_table_is_answered_signed(shop: Shop, monkeypatch, reason):
    async def refusing(_call) -> Refusal:
        return Refusal(reason, "because 因为")

    monkeypatch.setitem(operations.OPERATIONS, "/v3/recognition/", refusing)
    answer = await shop.recognise(status=503 if reason is Reason.NO_ROOM else 200)
    assert (answer.code, answer.said["message"]) == code_and_message(Refusal(reason, "because 因为"))
    assert answer.said["message"].endswith(": because 因为")


def test_the_codes_are_the_contract_s_and_none_that_clients_make_themselves():
    codes = {code for code, _ in CODES.values()}
    assert codes == {1, 3, 6, 7, 8, 9, 12, 13, 14, 15, 17, 19, 100, 101}
    assert not codes & {0, 102, 103, 400, 404}
    assert code_and_message(Refusal(Reason.NO_PICTURE)) == (3, "There is no picture in the request")


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_another_verb_is_a_signed_15(shop: Shop, verb):
    path = f"/v3/recognition/{shop.sid}"
    answer = opened(shop, await shop.client.request(verb, path, headers={"accept": "text/html"}))
    assert (answer.code, "POST" in answer.said["message"]) == (15, True)


async def test_slashes_too_many_are_skipped(shop: Shop):
    for path in (f"/v3/recognition//{shop.sid}", f"/v3/recognition/{shop.sid}/", f"//v3//recognition/{shop.sid}//"):
        reply = await shop.client.post(f"http://manyeyes.test{path}", data=shop.triple())
        assert opened(shop, reply).code == 3


@pytest.mark.parametrize("path", ["/v3", "/v3/", "/v3.1/x"])
async def test_the_bare_version_is_a_signed_15(shop: Shop, path):
    assert opened(shop, await shop.client.post(path)).code == 15


@pytest.mark.parametrize("path", ["/v2/recognition/x", "/v30/recognition/x", "/recognition/x", "/v3x"])
async def test_other_paths_are_not_this_contract_s(shop: Shop, path):
    assert set((await shop.client.post(path)).json()) == {"errorId", "errorCode", "errorDescription"}


async def test_a_fault_of_ours_is_a_signed_100_and_keeps_its_reason_to_itself(shop: Shop, monkeypatch):
    async def broken(_call) -> None:
        raise RuntimeError("secret")

    for path, ask, kind in (
        ("/v3/recognition/", shop.recognise, str),
        ("/v3/management/statistics/secret-task/", lambda: shop.statistics("", ""), float),
    ):
        monkeypatch.setitem(operations.OPERATIONS, path, broken)
        answer = await ask()
        assert answer.code == 100
        assert "secret" not in answer.inner
        assert isinstance(answer.said["nonce"], kind)


@pytest.mark.parametrize("error", [Unavailable("gone"), asyncpg.ConnectionDoesNotExistError("gone")])
async def test_while_the_database_is_away_it_is_503_and_still_signed(shop: Shop, monkeypatch, error):
    async def away(_call) -> None:
        raise error

    monkeypatch.setitem(operations.OPERATIONS, "/v3/recognition/", away)
    reply = await shop.client.post(f"/v3/recognition/{shop.sid}", data=shop.triple())
    assert opened(shop, reply, status=503).code == 100
    assert int(reply.headers["retry-after"]) > 0


async def test_a_refused_call_s_body_is_read_so_that_its_client_hears_why(context: Context, shop: Shop):
    suspended = await open_shop(context, shop.client, suspended=True)
    assert (await suspended.recognise(b"x" * 40_000_000)).code == 8
