"""Visits of the operator without a browser: signing in, sending forms, reading what a page carries."""

import re

import httpx

from manyeyes.workers.store import Subject
from support.browser_visits import link
from support.in_process_client import Client

OWN_PAGE = {"origin": "http://manyeyes.test"}


async def sign_in(client: Client) -> None:
    """Sign the operator in."""
    await client.post(await link(client.context, Subject("operator", 0, 0)), headers=OWN_PAGE)


async def send(client: Client, path: str, **fields: object) -> httpx.Response:
    """Send a form from a page of the site."""
    return await client.post(path, data=fields, headers=OWN_PAGE)


def hidden(page: str, name: str) -> str:
    """Return what a hidden field of a page carries."""
    return str(re.findall(rf'<input type="hidden" name="{re.escape(name)}" value="([^"]*)"', page)[0])


def shown_once(page: str) -> list[str]:
    """Return what a page shows only once."""
    return re.findall(r'id="shown-\d+">([^<]*)</pre>', page)


def led_to(reply: httpx.Response) -> str:
    """Return where a form led to."""
    return str(reply.headers["location"])
