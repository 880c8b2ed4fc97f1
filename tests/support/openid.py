"""A company's sign-in on loopback: a certified OpenID Connect provider, and whoever forges what one would say."""

import asyncio
import shutil
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
import uvicorn
from joserfc import jwk, jwt
from starlette.applications import Starlette

from manyeyes.roles.company_sign_in import BACK
from support.served_site import Server, Site

HERE = Path(__file__).parent
CLIENT_ID, CLIENT_SECRET = "house", "a secret of this test alone"


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@asynccontextmanager
async def provider(site: Site) -> AsyncIterator[str]:
    """Run a provider that knows the site; yield its issuer. Skipped where there is no Node.js."""
    modules = HERE.parent / "published_clients" / "node" / "node_modules" / "oidc-provider"
    if not shutil.which("node") or not modules.is_dir():
        pytest.skip("the OpenID provider needs Node.js and its package (make test installs it)")
    port = free_port()
    command = ["node", str(HERE / "openid_provider.mjs"), str(port), CLIENT_ID, CLIENT_SECRET, site.url + BACK]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert process.stdout
    try:
        assert (await asyncio.wait_for(process.stdout.readline(), 60)).strip() == b"ready"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def serving_app(app: Starlette) -> AsyncIterator[str]:
    """Serve an application of a test's on loopback; yield its address."""
    server = Server(uvicorn.Config(app, port=0, log_level="warning"))
    task = asyncio.create_task(server.serve())
    await server.accepts.wait()
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


def with_company(settings: Any, issuer: str, url: str, **more: Any) -> Any:
    """Return settings with a company's sign-in."""
    company = {"oidc_issuer": issuer, "oidc_client_id": CLIENT_ID, "oidc_client_secret": CLIENT_SECRET}
    roles = "operators=operator, auditors=auditor"
    return msgspec.structs.replace(settings, **company, oidc_roles=roles, public_url=url, **more)


class Forger:
    """Makes ID tokens; ``told`` is what its description, keys and token endpoint say."""

    def __init__(self, issuer: str) -> None:
        self.issuer, self.key = issuer, jwk.RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.algorithm = "RS256"
        self.signs_with: Any = self.key
        self.claims: dict[str, Any] = {}

    def description(self) -> dict[str, str]:
        """Return what it says of itself."""
        paths = {"authorization_endpoint": "/auth", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return {"issuer": self.issuer} | {name: self.issuer + path for name, path in paths.items()}

    def keys(self) -> dict[str, Any]:
        """Return its public keys."""
        return dict(jwk.KeySet([self.key]).as_dict(private=False))

    def token(self, nonce: str) -> str:
        """Return an ID token; ``claims`` are said in the place of honest ones."""
        now = int(time.time())
        honest = {"iss": self.issuer, "aud": CLIENT_ID, "nonce": nonce, "sub": "7", "name": "Ada", "iat": now}
        claims = {**honest, "exp": now + 300, "groups": ["operators"], **self.claims}
        said = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": self.algorithm, "kid": "one"}
        return jwt.encode(header, said, self.signs_with, algorithms=[self.algorithm])
