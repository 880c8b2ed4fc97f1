"""capmonstercloudclient: `HOST KEY PICTURE` in, one JSON line out. The address is an option of the client."""

import asyncio
import json
import sys
from pathlib import Path

from capmonstercloudclient import CapMonsterClient, ClientOptions
from capmonstercloudclient.exceptions import BaseError
from capmonstercloudclient.requests import ImageToTextRequest

host, key, picture = sys.argv[1:]
image = Path(picture).read_bytes()
client = CapMonsterClient(options=ClientOptions(api_key=key, service_url=f"http://{host}"))


async def attempt(call):
    """Return what the call gives, or the client's own exception."""
    try:
        return {"value": await call}
    except BaseError as error:
        return {"refused": str(error), "by": type(error).__name__}


async def main():
    balance = await attempt(client.get_balance())
    solved = await attempt(client.solve_captcha(ImageToTextRequest(image_bytes=image, numeric=0)))
    if "value" in solved:
        solved["value"] = solved["value"]["text"]
    if "value" in balance:
        balance["value"] = balance["value"]["balance"]
    print(json.dumps({"balance": balance, "solve": solved}))


asyncio.run(main())
