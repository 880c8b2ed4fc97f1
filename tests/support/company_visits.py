"""Going to a company's sign-in and back without a browser, where a forged provider says what a test wants."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from support.in_process_client import Client
from support.openid import Forger, serving_app, with_company

ORIGIN = "http://manyeyes.test"
OWN_LINK = {"sec-fetch-site": "same-origin"}  # what a browser says of a link on a page of ours


@asynccontextmanager
async def forging(client: Client, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Forger]:
    """Serve a provider that says what a test wants, as the installation's company."""
    made: list[Forger] = []

    async def token(request: Request) -> JSONResponse:
        form = await request.form()
        nonce = str(form["code"])  # tests give the nonce as the code
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": made[0].token(nonce)})

    async def description(request: Request) -> JSONResponse:
        return JSONResponse(made[0].description())

    async def keys(request: Request) -> JSONResponse:
        return JSONResponse(made[0].keys())

    routes = [Route("/.well-known/openid-configuration", description), Route("/keys", keys)]
    async with serving_app(Starlette(routes=[*routes, Route("/token", token, methods=["POST"])])) as url:
        made.append(Forger(url))
        monkeypatch.setattr(client.context, "settings", with_company(client.context.settings, url, ORIGIN))
        yield made[0]


class Way(dict[str, str]):
    """The parameters of the way to the provider, and the cookie that the browser keeps meanwhile."""

    cookie = ""


async def depart(client: Client, path: str = "/company/sign-in", session: str = "") -> Way:
    """Leave for the provider, by a link of ours and with the session's cookie."""
    cookie = {"cookie": session} if session else {}
    reply = await client.get(path, headers=OWN_LINK | cookie)
    assert reply.status_code == 303
    way = Way({name: values[0] for name, values in parse_qs(urlsplit(reply.headers["location"]).query).items()})
    way.cookie = f"manyeyes_company={reply.cookies['manyeyes_company']}"
    client.cookies.clear()
    return way


async def come_back(client: Client, way: Way, session: str = "", **more: str) -> httpx.Response:
    """Come back with the code that the provider gave, and with the session's cookie."""
    answer = {"state": way["state"], "code": way["nonce"], **more}
    cookies = "; ".join(filter(None, (way.cookie, session)))
    reply = await client.get("/company/back", params=answer, headers={"cookie": cookies})
    client.cookies.clear()
    return reply


def trouble(reply: httpx.Response) -> str:
    """Return what is said to somebody whom the company's sign-in did not sign in."""
    assert reply.status_code in (403, 503)
    assert "manyeyes_session" not in reply.headers.get("set-cookie", "")
    found = re.search(r'id="company-trouble">([^<]*)<', reply.text)
    assert found
    return found[1]
