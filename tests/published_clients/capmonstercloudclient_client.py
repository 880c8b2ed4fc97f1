"""capmonstercloudclient: `HOST KEY PICTURE` in, one JSON line out. The address is an option of the client."""

import asyncio
import json
import sys
from pathlib import Path

from capmonstercloudclient import CapMonsterClient, ClientOptions
from capmonstercloudclient.exceptions import BaseError
from capmonstercloudclient.requests import (
    HcaptchaRequest,
    ImageToTextRequest,
    ProxyInfo,
    RecaptchaV2EnterpriseRequest,
    RecaptchaV2Request,
    TurnstileRequest,
)

host, key, picture = sys.argv[1:]
image = Path(picture).read_bytes()
client = CapMonsterClient(options=ClientOptions(api_key=key, service_url=f"http://{host}"))


async def attempt(call):
    """Return what the call gives, or the client's own exception."""
    try:
        return {"value": await call}
    except BaseError as error:
        return {"refused": str(error), "by": type(error).__name__}


async def tokens():
    """Return how each kind of token is asked for, with a proxy and without."""
    proxy = ProxyInfo(
        proxyType="http", proxyAddress="198.51.100.7", proxyPort=8080, proxyLogin="login", proxyPassword="password"
    )
    said = {}
    for kind in (RecaptchaV2Request, RecaptchaV2EnterpriseRequest, HcaptchaRequest, TurnstileRequest):
        url = "websiteURL" if kind is TurnstileRequest else "websiteUrl"
        site = {url: "https://site.example/", "websiteKey": "0123456789abcdef"}
        said[kind.__name__] = {
            "plain": await attempt(client.solve_captcha(kind(**site))),
            "proxied": await attempt(client.solve_captcha(kind(**site, proxy=proxy))),
        }
    return said


async def main():
    balance = await attempt(client.get_balance())
    solved = await attempt(client.solve_captcha(ImageToTextRequest(image_bytes=image, numeric=0)))
    if "value" in solved:
        solved["value"] = solved["value"]["text"]
    if "value" in balance:
        balance["value"] = balance["value"]["balance"]
    print(json.dumps({"balance": balance, "solve": solved, "tokens": await tokens()}))


asyncio.run(main())
