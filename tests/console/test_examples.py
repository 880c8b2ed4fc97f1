"""The commands that the tutorial, the README and the pages show: they work as they stand, in a real shell."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from support import factories
from support.served_site import Site
from support.signed_customer import KEY, open_shop

ROOT = Path(__file__).parents[2]
LARGE_PICTURE = "docs/pictures/worker-screen.png"  # longer than a shell takes as one argument
SHOWN_AT = "http://127.0.0.1:8080"


async def sh(script: str) -> Any:
    """Run a script as somebody who stands in the repository would; return the JSON that it prints."""
    shell = await asyncio.create_subprocess_exec(
        "bash", "-euc", script, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await shell.communicate()
    assert shell.returncode == 0, err.decode()
    return json.loads(out)


def filled(block: str, site: Site, **values: object) -> str:
    """The block with the reader's values for `NAME=…` and the address of this server."""
    for name, value in values.items():
        block = re.sub(rf"^{name}=….*$", f"{name}={value}", block, flags=re.MULTILINE)
    return block.replace(SHOWN_AT, site.url)


def bash_blocks(page: str) -> list[str]:
    return re.findall(r"^```bash\n(.*?)^```$", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)


async def test_the_tutorials_commands(site: Site) -> None:
    send, ask, complain, follow, _ = bash_blocks("docs/tutorial/first-hour.md")
    solved = await a_solved_task(site)
    key = (await factories.customer(site.context)).key
    sent = await sh(filled(send, site, KEY=key))
    assert sent["errorId"] == 0
    found = await sh(f"KEY={key}\n" + filled(ask, site, TASK=sent["taskId"]))
    assert found == {"errorId": 0, "status": "processing"}

    assert await sh(solved + filled(complain, site)) == {"errorId": 0, "status": "success"}
    assert (await sh(solved + filled(follow, site)))["state"] == "open"


async def test_the_tutorials_recognition(site: Site) -> None:
    *_, look = bash_blocks("docs/tutorial/first-hour.md")
    async with httpx.AsyncClient(base_url=site.url) as client:
        shop = await open_shop(site.context, client)
    envelope = await sh(f"KEY={shop.customer.key}\n" + filled(look, site, SID=shop.sid))
    answer = json.loads(envelope["json"])
    assert answer["code"] == 0
    assert [entry["name"] for entry in answer[shop.task_id]["fileList"]] == ["meter.png"]


async def a_solved_task(site: Site) -> str:
    """Lines that set KEY and TASK, as the reader has them by then."""
    customer, hand = await factories.customer(site.context), await factories.hand(site.context)
    return f"KEY={customer.key}\nTASK={await factories.solve(site.context, customer, hand)}\n"


async def test_the_readmes_commands(site: Site) -> None:
    block, dispute, _ = bash_blocks("README.md")
    solved = await a_solved_task(site)
    send, _, ask = block.partition("TASK=…")
    key = (await factories.customer(site.context)).key
    sent = await sh(filled(send, site, KEY=key))
    found = await sh(f"KEY={key}\n" + filled("TASK=…" + ask, site, TASK=sent["taskId"]))
    assert found == {"errorId": 0, "status": "processing"}

    complain, follow = dispute.strip().split("\n")
    assert await sh(solved + filled(complain, site)) == {"errorId": 0, "status": "success"}
    assert (await sh(solved + filled(follow, site)))["state"] == "open"


async def test_the_readmes_signed_call(site: Site, tmp_path: Path) -> None:
    *_, block = bash_blocks("README.md")
    async with httpx.AsyncClient(base_url=site.url) as client:
        shop = await open_shop(site.context, client)
    key = tmp_path / "key.pem"
    key.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    envelope = await sh(f"SID={shop.sid}\n" + filled(block, site).replace("keys/$SID.pkcs8.pem", str(key)))
    answer = json.loads(envelope["json"])
    assert answer["code"] == 0
    assert [entry["name"] for entry in answer[shop.task_id]["fileList"]] == ["meter.png"]


@pytest.mark.parametrize("picture", ["docs/pictures/meter.png", LARGE_PICTURE])
async def test_the_pages_commands(site: Site, picture: str) -> None:
    key = (await factories.customer(site.context)).key
    async with httpx.AsyncClient(base_url=site.url) as client:
        page = (await client.get("/help")).text
    blocks = re.findall(r'<pre class="code"[^>]*>(.*?)</pre>', page, re.DOTALL)
    send, ask = (block.replace("&#34;", '"').replace("&#39;", "'") for block in blocks[1:])
    sent = await sh(send.replace("YOUR_CLIENT_KEY", key).replace("picture.png", picture))
    assert sent["errorId"] == 0
    found = await sh(ask.replace("YOUR_CLIENT_KEY", key).replace('"taskId":1', f'"taskId":{sent["taskId"]}'))
    assert found == {"errorId": 0, "status": "processing"}
