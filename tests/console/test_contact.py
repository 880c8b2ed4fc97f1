"""A sign-in link that is over says how to go on, and whom to ask where the operator has said so."""

from pathlib import Path

import pytest

from manyeyes.settings import Settings
from support.in_process_client import Client


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings that name somebody."""
    return Settings(data=tmp_path, contact="Lan <lan@example.org>")


@pytest.mark.parametrize("language", ["en", "vi", "th", "id", "zh-Hans"])
async def test_a_dead_link_leads_on_in_every_language(client: Client, language: str):
    page = await client.get("/login/nothing", headers={"accept-language": language})
    assert page.status_code == 410
    assert "Lan &lt;lan@example.org&gt;" in page.text
    assert page.text.count("<li>") == 3
    assert "manyeyes operator link" in page.text
    assert 'href="/"' in page.text
    assert ("works once" in page.text) is (language == "en")
