"""Headers of a part: files' names in every way that clients write them, charsets, encodings; what is unread is told."""

import base64
import binascii

import pytest

from manyeyes.values.part_headers import decoded, read_headers
from support import factories
from support.signed_customer import Answer, Shop, opened

PICTURE = factories.picture_bytes("one")
NAMES = {
    'filename="a.png"': "a.png",
    "filename=a.png": "a.png",
    'filename="a\\"b.png"': 'a"b.png',
    'filename="a;b=c.png"': "a;b=c.png",
    'filename="C:\\pictures\\a.png"': "C:\\pictures\\a.png",
    'filename="C:\\pictures\\"': "C:\\pictures\\",
    'filename="图.png"': "图.png",
    "filename*=UTF-8''%E5%9B%BE.png": "图.png",
    "filename*=utf-8'zh'%E5%9B%BE.png; filename=\"x.png\"": "图.png",
    "filename=\"x.png\"; filename*=iso-8859-1''caf%E9.png": "café.png",
    "filename*=GB2312''%CD%BC.png": "图.png",
    'filename*0="a"; filename*1="b.png"': "ab.png",
    "filename*0*=UTF-8''%E5%9B; filename*1*=%BE; filename*2=\".png\"": "图.png",
    'filename="=?UTF-8?B?5Zu+LnBuZw==?="': "图.png",
    'filename="=?utf-8?q?=E5=9B=BE_1.png?="': "图 1.png",
    'filename="=?UTF-8?B?5Zu+?= =?UTF-8?B?LnBuZw==?="': "图.png",
    'filename="50%22.png"': "50%22.png",
    "filename=": "",
}
UNREADABLE = {
    "filename*=klingon''a.png": "charset 'klingon' is not known",
    "filename*=UTF-8''%ff.png": "not in the charset",
    "filename*=a.png": "does not say its charset",
    'filename="=?klingon?B?5Zu+?="': "charset 'klingon' is not known",
    'filename="=?utf-8?B?5Z?="': "encoded word",
    'filename="=?utf-8?B?@@?="': "encoded word",
    'filename="a"; filename="b"': "twice",
    "filename*=unicode_escape''a": "is not known",
    f'filename="{"a" * 9_000}"': "more than",
}


def raw(text: str) -> str:
    return text.encode().decode("latin-1")


@pytest.mark.parametrize(("said", "name"), NAMES.items())
def test_a_file_s_name_is_read(said: str, name: str) -> None:
    assert read_headers({"content-disposition": raw(f'form-data; name="image"; {said}')}).filename == name


@pytest.mark.parametrize(("said", "why"), UNREADABLE.items())
def test_a_file_s_name_that_cannot_be_read_is_told(said: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_headers({"content-disposition": raw(f'form-data; name="image"; {said}')})


def test_a_part_s_own_name_is_read_in_the_same_ways() -> None:
    for said in ('name="task"', "name=task", "name*=UTF-8''t%61sk", 'name="=?utf-8?q?task?="', 'x; NAME="task"'):
        assert read_headers({"content-disposition": f"form-data; {said}"}).name == "task"


def test_a_part_without_a_name_or_within_another_is_told() -> None:
    for fields in ({}, {"content-disposition": "form-data"}, {"content-disposition": 'form-data; filename="a"'}):
        with pytest.raises(ValueError, match="no name"):
            read_headers(fields)
    with pytest.raises(ValueError, match="itself multipart"):
        read_headers({"content-disposition": "form-data; name=a", "content-type": "multipart/mixed; boundary=y"})


def test_many_backslashes_are_read_at_once() -> None:
    read_headers({"content-disposition": 'form-data; name="a"; filename="' + "\\" * 8_000})


def test_a_transfer_encoding_is_undone_or_told() -> None:
    for encoding, sent in (("", PICTURE), ("Binary ", PICTURE), ("8bit", PICTURE), ("7bit", b"a")):
        assert decoded(sent, encoding) == sent
    assert decoded(base64.encodebytes(PICTURE), "BASE64") == PICTURE
    assert decoded(binascii.b2a_qp(PICTURE, istext=False), "quoted-printable") == PICTURE
    for encoding, sent in (("gzip", PICTURE), ("base64", b"?" * 9), ("base64", b"AAA"), ("x-uuencode", b"")):
        with pytest.raises(ValueError, match=r"base64|not known"):
            decoded(sent, encoding)


async def ask(shop: Shop, *parts: tuple[str, bytes], end: bytes = b"--x--\r\n") -> Answer:
    """Send parts with their headers as they stand, beside the signature."""
    fields = [(f'Content-Disposition: form-data; name="{n}"', t.encode()) for n, t in shop.triple().items()]
    body = b"".join(f"--x\r\n{head}\r\n\r\n".encode() + data + b"\r\n" for head, data in (*fields, *parts)) + end
    headers = {"content-type": "multipart/form-data; boundary=x"}
    return opened(shop, await shop.client.post(f"/v3/recognition/{shop.sid}", content=body, headers=headers))


FILE = 'Content-Disposition: form-data; name="image"; filename'


async def test_a_picture_is_recognised_under_the_name_that_its_header_means(shop: Shop):
    answer = await ask(
        shop,
        (f"{FILE}*=UTF-8''%E5%9B%BE.png", PICTURE),
        (f'{FILE}="b.png"\r\nContent-Transfer-Encoding: base64', base64.encodebytes(PICTURE)),
        (f'{FILE}="c.png"\r\nContent-Transfer-Encoding: quoted-printable', binascii.b2a_qp(PICTURE, istext=False)),
    )
    found = answer.files(shop.task_id)
    assert [file["name"] for file in found] == ["图.png", "b.png", "c.png"]
    assert [row["fault"] for row in await shop.rows("recognition_result", "fault")] == ["", "", ""]


@pytest.mark.parametrize(
    "head",
    [
        f'{FILE}="a"\r\nContent-Transfer-Encoding: x-gzip',
        f'{FILE}="a"\r\nContent-Transfer-Encoding: base64',
        f'{FILE}="a"\r\nContent-Type: multipart/mixed; boundary=z',
        f'{FILE}="a"\r\nContent-Disposition: form-data; name="tag"',
        f"{FILE}*=klingon''a",
        'Content-Disposition: form-data; filename="a"',
        "Content-Type: image/png",
    ],
)
async def test_a_part_that_cannot_be_read_is_15_with_a_reason_and_nothing_runs(shop: Shop, head: str):
    answer = await ask(shop, (head, PICTURE))
    assert answer.code == 15
    assert len(answer.said["message"]) > len("The request body cannot be read: ")
    assert await shop.rows("recognition_result") == []


async def test_multipart_of_another_kind_is_15_with_a_reason(shop: Shop):
    headers = {"content-type": "multipart/mixed; boundary=z"}
    reply = await shop.client.post(f"/v3/recognition/{shop.sid}", content=b"--z--", headers=headers)
    answer = opened(shop, reply)
    assert (answer.code, "multipart/form-data alone" in answer.said["message"]) == (15, True)


async def test_a_file_that_is_called_like_the_charset_field_is_a_file(shop: Shop):
    answer = await ask(shop, (f'{FILE}="_charset_.png"', PICTURE))
    assert [file["name"] for file in answer.files(shop.task_id)] == ["_charset_.png"]


async def test_a_picture_without_a_file_name_is_a_picture_all_the_same(shop: Shop):
    answer = await ask(shop, ('Content-Disposition: form-data; name="image[]"', PICTURE))
    assert [file["name"] for file in answer.files(shop.task_id)] == ["0"]


async def test_texts_are_read_in_the_charset_that_they_or_the_form_name(shop: Shop):
    tag = 'Content-Disposition: form-data; name="tag"'
    for parts in (
        [(f"{tag}\r\nContent-Type: text/plain; charset=big5", "圖".encode("big5"))],
        [('Content-Disposition: form-data; name="_charset_"', b"big5"), (tag, "圖".encode("big5"))],
        [(tag, "圖".encode())],
    ):
        answer = await ask(shop, *parts, (f'{FILE}="a"', PICTURE))
        assert answer.files(shop.task_id)[0]["tag"] == "圖"
    refused = await ask(shop, (f"{tag}\r\nContent-Type: text/plain; charset=idna", b"a"), (f'{FILE}="a"', PICTURE))
    assert (refused.code, "'idna' is not known" in refused.said["message"]) == (15, True)
