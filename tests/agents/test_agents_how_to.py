"""The how-to's program, as it stands there, against a served installation; its settings are what they say."""

import asyncio
import json
import re
import sys
from pathlib import Path

import pytest

from support import factories
from support.answering_people import answering
from support.mcp_agents import tasks_made
from support.repository import ROOT
from support.served_site import Site

PAGE = (ROOT / "docs" / "how-to" / "ask-people-from-an-agent.md").read_text("utf-8")


async def test_the_program_reads_a_meter_and_asks_once(
    site: Site,
    customer: factories.Customer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    meter = tmp_path / "meter.png"
    meter.write_bytes(factories.picture_bytes())
    monkeypatch.setenv("MANYEYES_URL", site.url)
    monkeypatch.setenv("MANYEYES_KEY", customer.key)
    monkeypatch.setattr(sys, "argv", ["", str(meter)])
    async with answering(site, "12.5", "99"):
        for _ in range(2):
            await asyncio.to_thread(exec, program, {"__name__": "__main__"})
    printed = capsys.readouterr().out.splitlines()  # the server of the tests logs there as well
    assert [line for line in printed if not re.match(r"\d{4}-", line)] == ["12.5", "12.5"]
    assert len(await tasks_made(site, customer)) == 1


def test_the_settings_are_json():
    stdio, http = [
        json.loads(block)["mcpServers"]["manyeyes"] for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    ]
    assert [stdio["command"], *stdio["args"]] == ["manyeyes", "mcp"]
    assert sorted(stdio["env"]) == ["MANYEYES_KEY", "MANYEYES_URL"]
    assert http["url"].endswith("/mcp")
    assert http["headers"]["Authorization"].startswith("Bearer ")
