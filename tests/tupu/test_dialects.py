"""The requests that the six official clients send, byte for byte (docs/contracts/tupu.md#timestamp-and-nonce,
docs/contracts/tupu.md#multipart), on a real socket, served as the serving process does it."""

import asyncio
import json
import shutil
import time
import uuid
from urllib.parse import urlencode

import pytest

from manyeyes.runtime.context import Context
from support import factories
from support.signed_customer import Answer, Shop, check_envelope, signature_of

PICTURE = factories.picture_bytes("one")
CRLF = b"\r\n"


def signed(shop: Shop, timestamp: str, nonce: str) -> dict[str, str]:
    signature = signature_of(f"{shop.sid},{timestamp},{nonce}")
    return {"timestamp": timestamp, "nonce": nonce, "signature": signature}


def now() -> str:
    return str(int(time.time()))


def request(shop: Shop, content_type: str, body: bytes, *headers: str, path: str = "/v3/recognition/") -> bytes:
    lines = [f"POST {path}{shop.sid} HTTP/1.1", "Host: x", f"Content-Type: {content_type}", *headers]
    return CRLF.join([*(line.encode() for line in lines), b"Content-Length: %d" % len(body), b"", body])


async def reply_of(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    (length,) = [int(line[15:]) for line in head.lower().split(CRLF) if line.startswith(b"content-length:")]
    return head, await reader.readexactly(length)


async def ask(shop: Shop, address: tuple[str, int], raw: bytes) -> Answer:
    """Send one request, all of it before listening, and return the answer, whose envelope is checked."""
    reader, writer = await asyncio.open_connection(*address)

    async def send() -> None:
        for at in range(0, len(raw), 1 << 16):
            writer.write(raw[at : at + (1 << 16)])
            await writer.drain()

    sending = asyncio.create_task(send())
    try:
        head, body = await reply_of(reader)
    finally:
        sending.cancel()
        writer.close()
    assert head.startswith(b"HTTP/1.1 200"), head
    assert b"content-type: application/json" in head.lower()
    inner = check_envelope(body, shop.context.signer.public_key)
    return Answer(inner, json.loads(inner), None)


def parts(boundary: str, fields: list[tuple[str, bytes]]) -> bytes:
    """Return a multipart body; each field with its header lines as they stand there."""
    pieces = [f"--{boundary}\r\n{head}\r\n\r\n".encode() + value + CRLF for head, value in fields]
    return b"".join(pieces) + f"--{boundary}--\r\n".encode()


async def test_python_sends_files_with_a_path_for_a_name_and_a_type_of_its_own(shop: Shop, address):
    triple = signed(shop, f"{time.time():.7f}", "5e-05")
    fields = [(f'Content-Disposition: form-data; name="{n}"', t.encode()) for n, t in triple.items()]
    for name in ("/home/user/001.jpg", "002.jpg"):
        head = f'Content-Disposition: form-data; name="image"; filename="{name}"\r\nContent-Type: application/*'
        fields.append((head, PICTURE))
    boundary = uuid.uuid4().hex
    answer = await ask(
        shop, address, request(shop, f"multipart/form-data; boundary={boundary}", parts(boundary, fields))
    )
    assert [file["name"] for file in answer.files(shop.task_id)] == ["001.jpg", "002.jpg"]


async def test_python_sends_json_whose_numbers_were_signed_as_text(shop: Shop, address):
    """Statistics by a JSON body with a fraction of a second and a nonce such as 5e-05, both as numbers."""
    for timestamp, nonce in ((repr(time.time()), "5e-05"), (repr(time.time()), "0.1527317095951506"), (now(), "7")):
        triple = signed(shop, timestamp, nonce)
        rest = {"signature": triple["signature"], "startDate": "2022-12-05", "endDate": "2022-12-05"}
        text = json.dumps({**rest, "taskId": shop.task_id})[:-1] + f', "timestamp": {timestamp}, "nonce": {nonce}}}'
        path = "/v3/management/statistics/secret-task/"
        assert (await ask(shop, address, request(shop, "application/json", text.encode(), path=path))).code == 0


async def test_java_leaves_blanks_and_types_out_and_sends_a_full_path(shop: Shop, address):
    triple = {"secretId": shop.sid, **signed(shop, now(), "1.2E-5"), "tag": "t1"}
    fields = [(f'Content-Disposition:form-data; name="{n}"', t.encode()) for n, t in triple.items()]
    fields.append(('Content-Disposition:form-data; name="image"; filename="C:\\pictures\\图.png"', PICTURE))
    boundary = str(uuid.uuid4())
    answer = await ask(
        shop, address, request(shop, f"multipart/form-data;boundary={boundary}", parts(boundary, fields))
    )
    assert answer.files(shop.task_id)[0]["name"] == "图.png"
    assert answer.files(shop.task_id)[0]["tag"] == "t1"


async def test_java_sends_json_whose_time_and_nonce_are_strings(shop: Shop, address):
    body = {**signed(shop, now(), "1.2E-5"), "images": ["AAAA"], "secretId": shop.sid}
    path = "/v3/recognition/image/sync/base64/"
    raw = request(shop, "application/json;charset=UTF-8", json.dumps(body).encode(), path=path)
    assert (await ask(shop, address, raw)).files(shop.task_id)[0]["label"] == -1


async def test_go_sends_a_big_nonce_and_files_as_octet_streams(shop: Shop, address):
    triple = signed(shop, now(), "4294967295")
    fields = [(f'Content-Disposition: form-data; name="{n}"', t.encode()) for n, t in triple.items()]
    head = 'Content-Disposition: form-data; name="image"; filename="a.jpg"\r\nContent-Type: application/octet-stream'
    boundary = uuid.uuid4().hex + uuid.uuid4().hex
    body = parts(boundary, [*fields, (head, PICTURE)])
    assert (await ask(shop, address, request(shop, f"multipart/form-data; boundary={boundary}", body))).code == 0


async def test_node_sends_the_time_as_a_number_in_a_multipart_of_texts(shop: Shop, address, context: Context):
    triple = {"secretId": shop.sid, **signed(shop, now(), "0.5297418"), "tag": "x", "uid": "u"}
    fields = [(f'Content-Disposition: form-data; name="{n}"', t.encode()) for n, t in triple.items()]
    url = b"http://127.0.0.1:8999/a.png"  # which the door refuses: the texts were read as addresses
    fields.append(('Content-Disposition: form-data; name="image"', url))
    boundary = "-" * 26 + "0123456789"
    answer = await ask(
        shop, address, request(shop, f"multipart/form-data; boundary={boundary}", parts(boundary, fields))
    )
    assert (answer.code, "forbidden" in answer.said["message"]) == (14, True)


async def test_node_s_json_mixes_a_number_and_a_string(shop: Shop, address):
    triple = signed(shop, now(), "0.5297418")
    body = {**triple, "timestamp": int(triple["timestamp"]), "image": ["http://127.0.0.1:8999/a.png"]}
    assert (await ask(shop, address, request(shop, "application/json", json.dumps(body).encode()))).code == 14


async def test_php_waits_to_be_told_to_go_on(shop: Shop, address):
    """`Expect: 100-continue`: the body comes after the server said that it wants it."""
    triple = signed(shop, now(), "123456")
    fields = [(f'Content-Disposition: form-data; name="{n}"', t.encode()) for n, t in triple.items()]
    head = 'Content-Disposition: form-data; name="image"; filename="a.jpg"\r\nContent-Type: application/octet-stream'
    boundary = "-" * 28 + "abcdef012345"
    body = parts(boundary, [*fields, (head, PICTURE), ('Content-Disposition: form-data; name="tag"', b"t")])
    raw = request(shop, f"multipart/form-data; boundary={boundary}", body, "Expect: 100-continue")
    reader, writer = await asyncio.open_connection(*address)
    writer.write(raw[: -len(body)])
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
    writer.write(body)
    inner = check_envelope((await reply_of(reader))[1], shop.context.signer.public_key)
    assert json.loads(inner)["code"] == 0
    writer.close()


async def test_php_s_lists_in_a_form_are_read(shop: Shop, address):
    pairs = [
        *signed(shop, now(), "100").items(),
        ("image[0]", "http://127.0.0.1:8999/a"),
        ("image[]", "http://127.0.0.1:8999/b"),
    ]
    raw = request(shop, "application/x-www-form-urlencoded", urlencode(pairs).encode())
    assert (await ask(shop, address, raw)).code == 14


async def test_cpp_sends_a_hexadecimal_nonce_and_nonsense_in_time(shop: Shop, address):
    for nonce in ("26b1be", "123e45", "000000"):
        triple = signed(shop, now(), nonce)
        fields = [(f'Content-Disposition: form-data; name="{n}"', t.encode()) for n, t in triple.items()]
        fields.append(('Content-Disposition: form-data; name="time"', b"\x80\x7f\x01 1.0e"))
        head = 'Content-Disposition: form-data; name="image"; filename="a.jpg"\r\nContent-Type: image/jpeg'
        boundary = "-" * 24 + "0123456789abcdef"
        body = parts(boundary, [*fields, (head, PICTURE)])
        raw = request(shop, f"multipart/form-data; boundary={boundary}", body, "Expect: 100-continue")
        reader, writer = await asyncio.open_connection(*address)
        writer.write(raw)  # it goes on by itself after a second; here at once
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
        assert json.loads(check_envelope((await reply_of(reader))[1], shop.context.signer.public_key))["code"] == 0
        writer.close()


async def test_an_address_form_repeats_its_names(shop: Shop, address):
    pairs = [
        *signed(shop, now(), "0.25").items(),
        ("image", "http://127.0.0.1:8999/a"),
        ("image", "http://127.0.0.1:8999/b"),
    ]
    raw = request(shop, "application/x-www-form-urlencoded; charset=utf-8", urlencode(pairs).encode())
    assert (await ask(shop, address, raw)).code == 14


async def test_a_plus_that_a_form_did_not_escape_is_still_a_signature(shop: Shop, address):
    triple = next(t for n in range(1000) if "+" in (t := signed(shop, now(), str(n)))["signature"])
    body = "&".join(f"{name}={text}" for name, text in triple.items()).encode()
    assert (await ask(shop, address, request(shop, "application/x-www-form-urlencoded", body))).code == 3


async def test_json_is_known_by_its_first_character(shop: Shop, address):
    body = b"\xef\xbb\xbf \n" + json.dumps({**signed(shop, now(), "1"), "other": {"x": [None]}}).encode()
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "nonsense"):
        assert (await ask(shop, address, request(shop, content_type, body))).code == 3


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=", "application/json"])
async def test_a_body_that_is_not_what_it_says_is_15(shop: Shop, address, content_type):
    answer = await ask(shop, address, request(shop, content_type, b"--x\r\n\r\n"))
    assert answer.code == 15


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x",
        b"--y\r\n\r\n--y--",
        b"--x\r\nContent-Disposition: form-data; name=image\r\n\r\nabc",
        b"--x\r\n" + b"A: b\r\n" * 20 + b"\r\n\r\n--x--\r\n",
        b"--x\r\nnonsense\r\n\r\n--x--\r\n",
        (b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n" * 1_100) + b"--x--\r\n",
    ],
)
async def test_a_broken_multipart_body_is_15(shop: Shop, address, body):
    assert (await ask(shop, address, request(shop, "multipart/form-data; boundary=x", body))).code == 15


@pytest.mark.parametrize(
    "body",
    [
        b'{"timestamp":',
        b"[]",
        b'{"image":["\xff"]}',
        b'{"image":[["x"]]}',
        b'{"image":{"url":"x"}}',
        b'{"tag":"\\ud800"}',
        b'{"a":' + b"[" * 100_000,
        b'{"image":[' + b"0," * 1_000 + b"0]}",
        b'{"image":[' + b"0," * 5_000_000 + b"0]}",  # a gigabyte, were it all taken
    ],
)
async def test_broken_json_is_15(shop: Shop, address, body):
    assert (await ask(shop, address, request(shop, "application/json", body))).code == 15


async def test_a_form_that_is_broken_is_15(shop: Shop, address):
    for body in (b"image=%ff%fe", b"a=" + b"x" * 1_000_001, b"&".join([b"a=1"] * 1_001), b"\xff=1"):
        assert (await ask(shop, address, request(shop, "application/x-www-form-urlencoded", body))).code == 15


async def test_a_body_in_chunks_is_read_whole(shop: Shop, address):
    body = json.dumps(signed(shop, now(), "0.5")).encode()
    head = request(shop, "application/json", b"", "Transfer-Encoding: chunked").replace(b"Content-Length: 0\r\n", b"")
    raw = head + b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    assert (await ask(shop, address, raw)).code == 3


async def test_29_megabytes_are_taken_and_31_are_a_signed_14(shop: Shop, address):
    triple = signed(shop, now(), "0.5")
    fields = [(f'Content-Disposition: form-data; name="{n}"', t.encode()) for n, t in triple.items()]
    for sizes, code in (([9_600_000] * 3, 0), ([10_300_000] * 3, 14)):
        files = [('Content-Disposition: form-data; name="image"; filename="a"', b"x" * size) for size in sizes]
        raw = request(shop, "multipart/form-data; boundary=xyz", parts("xyz", [*fields, *files]))
        answer = await ask(shop, address, raw)
        assert answer.code == code, answer.said
    text = json.dumps({**triple, "images": ["A" * 31_000_000]}).encode()
    path = "/v3/recognition/image/sync/base64/"
    assert (await ask(shop, address, request(shop, "application/json", text, path=path))).code == 14


async def test_who_hangs_up_in_the_middle_of_a_body_leaves_nothing(shop: Shop, address):
    body = parts("x", [('Content-Disposition: form-data; name="image"; filename="a"', PICTURE)])
    _, writer = await asyncio.open_connection(*address)
    writer.write(request(shop, "multipart/form-data; boundary=x", body)[:-20])
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    raw = request(shop, "application/json", json.dumps(signed(shop, now(), "0.5")).encode())
    assert (await ask(shop, address, raw)).code == 3
    assert await shop.rows("recognition_result") == []


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
async def test_curl_s_own_expectation_and_boundary(shop: Shop, address, tmp_path):
    (tmp_path / "图片.png").write_bytes(factories.picture_bytes("big", size=(3_000, 900)) + b"\0" * 1_100_000)
    fields = [word for pair in signed(shop, now(), "0.75").items() for word in ("--form-string", "=".join(pair))]
    url = f"http://{address[0]}:{address[1]}/v3/recognition/{shop.sid}"
    bodies = []
    for _ in range(2):  # the second one is a re-send with another boundary
        command = ["curl", "-sS", "-H", "Expect: 100-continue", *fields, "-F", f"image=@{tmp_path / '图片.png'}", url]
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        bodies.append((await process.communicate())[0])
    assert bodies[0] == bodies[1]
    said = json.loads(check_envelope(bodies[0], shop.context.signer.public_key))
    assert said[shop.task_id]["fileList"][0]["name"] == "图片.png"
    assert len(await shop.rows("recognition_result", "cell")) == 1
