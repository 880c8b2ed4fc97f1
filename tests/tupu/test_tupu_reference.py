"""The pages of TUPU's contract: one per call, their examples work as they stand, their codes are the table's."""

import asyncio
import base64
import json
import re
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from manyeyes.apps.rules import ID_BYTES
from manyeyes.recognisers.picture_intake import LARGEST_RECOGNISED_BYTES
from manyeyes.settings import Settings
from manyeyes.tupu import body, request, request_signature, statistics_secret_task
from manyeyes.tupu.codes import CODES, FAULT, SUCCESS
from manyeyes.tupu.operations import OPERATIONS
from support import factories
from support.signed_customer import KEY, Shop, check_envelope

DOCS = Path(__file__).parents[2] / "docs"
PAGES = DOCS / "reference" / "tupu"
TOOLS = pytest.mark.skipif(not (shutil.which("openssl") and shutil.which("curl")), reason="needs openssl and curl")


def blocks(page: Path, language: str = "json") -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)\n?```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def alike(example, reply) -> bool:
    """Same members in the same order, same types, all the way down; of a list the first item. taskIds differ."""
    if isinstance(example, dict):
        names = [name for name in example if len(name) != 2 * ID_BYTES]
        return (
            isinstance(reply, dict)
            and names == [name for name in reply if len(name) != 2 * ID_BYTES]
            and all(alike(e, r) for e, r in zip(example.values(), reply.values(), strict=True))
        )
    if isinstance(example, list):
        return isinstance(reply, list) and bool(reply) and alike(example[0], reply[0])
    return type(example) is type(reply)


async def run(script: str, shop: Shop, address, folder: Path) -> str:
    """Run a page's lines in a folder of their own and return what they print."""
    key = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    (folder / "key.pem").write_bytes(key)
    (folder / "picture.png").write_bytes(factories.picture_bytes())
    given = {"HOST": f"http://{address[0]}:{address[1]}", "SID": shop.sid, "KEY": "key.pem", "PICTURE": "picture.png"}
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", **given}
    process = await asyncio.create_subprocess_exec(
        *("sh", "-eu", "-c", script), cwd=folder, env=environment, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode()


def test_every_call_has_its_page_its_file_and_its_tests():
    names = {operation.__name__ for operation in OPERATIONS.values()}
    assert {page.stem for page in PAGES.glob("*.md")} == {*names, "README", "human-review-push"}
    for path, operation in OPERATIONS.items():
        name = operation.__name__
        assert operation.__module__ == f"manyeyes.tupu.{name}"
        assert (Path(__file__).parent / f"test_{name}.py").exists()
        assert f"`POST {path}<secretId>`" in (PAGES / f"{name}.md").read_text("utf-8")
        assert f"`POST {path}<secretId>` | " in (PAGES / "README.md").read_text("utf-8")


def test_the_page_of_codes_is_the_table():
    told = re.findall(r"^\| (\d+) \| .+ \|$", (PAGES / "README.md").read_text("utf-8"), re.MULTILINE)
    assert {int(code) for code in told} == {code for code, _ in CODES.values()} | {SUCCESS, FAULT[0]}


def test_the_limits_are_those_that_are_kept():
    page = " ".join((PAGES / "README.md").read_text("utf-8").split())
    for words in (
        f"pictures per call | {request.MOST_PICTURES} |",
        f"({body.LARGEST_BODY:,} bytes)",
        f"at most {body.LARGEST_FORM // 1_000_000} MB",
        f"from {request_signature.MILLISECONDS_FROM:,}",
        f"up to {request_signature.LONGEST_TEXT} characters",
        f"{request.LONGEST_NAME:,} characters",
        f"`tag`, `uid`, `sequenceId` | {request.LONGEST_TAG} characters",
        f"{statistics_secret_task.MOST_DAYS} days per call",
        f"picture | {LARGEST_RECOGNISED_BYTES // 1_000_000} MB",
    ):
        assert words in page, words
    assert Settings(data=Path()).timestamp_window_seconds == 600  # "at most ten minutes off"


@TOOLS
async def test_the_recognition_page_s_lines_are_answered_as_it_says(shop: Shop, address, tmp_path):
    page = PAGES / "recognition.md"
    reply = await run(blocks(page, "sh")[0], shop, address, tmp_path)
    said = json.loads(check_envelope(reply.encode(), shop.context.signer.public_key))
    assert alike(json.loads(blocks(page)[0]), said), said


@TOOLS
async def test_who_moves_from_tupu_can_check_that_it_works(shop: Shop, address, tmp_path):
    *_, look, check = blocks(DOCS / "how-to" / "move-from-tupu.md", "sh")
    assert (await run(look, shop, address, tmp_path)) == shop.context.signer.public_key
    printed = await run(check, shop, address, tmp_path)
    assert printed.startswith("Verified OK\n")
    assert json.loads(printed.split("\n", 1)[1])[shop.task_id]["fileList"][0]["name"] == "picture.png"


@pytest.mark.parametrize("name", ["image_sync_base64", "statistics_secret_task"])
async def test_the_json_examples_are_answered_as_the_pages_say(shop: Shop, name):
    question, answer = map(json.loads, blocks(PAGES / f"{name}.md"))
    assert set(shop.triple()) < set(question)
    filled = {**question, **shop.triple()}
    if "images" in filled:
        filled["images"] = [base64.b64encode(factories.picture_bytes()).decode()]
    if "taskId" in filled:
        filled["taskId"] = shop.task_id
    path = next(path for path, operation in OPERATIONS.items() if operation.__name__ == name)
    reply = await shop.client.post(f"{path}{shop.sid}", json=filled)
    said = json.loads(check_envelope(reply.content, shop.context.signer.public_key))
    assert alike(answer, said), said


async def test_the_envelope_on_the_first_page_is_what_comes(shop: Shop):
    example = json.loads(blocks(PAGES / "README.md")[0])
    answer = await shop.recognise()
    assert list(example) == list(json.loads(answer.reply.content))
    assert alike(json.loads(example["json"]), answer.said)
    assert json.loads(example["json"])["message"] == answer.said["message"]
