"""anticaptchaofficial: `HOST KEY PICTURE` in, one JSON line out. The host is a literal; an adapter changes it."""

import json
import sys

from anticaptchaofficial.antinetworking import session
from anticaptchaofficial.imagecaptcha import imagecaptcha
from requests.adapters import HTTPAdapter

host, key, picture = sys.argv[1:]


class ToManyeyes(HTTPAdapter):
    def send(self, request, **options):
        request.url = request.url.replace("https://api.anti-captcha.com", f"http://{host}")
        return super().send(request, **options)


session.mount("https://api.anti-captcha.com", ToManyeyes())


def balance(client):
    """Return the balance; on an error reply this client looks for a key that is not there."""
    try:
        return {"value": client.get_balance()}
    except KeyError as error:
        return {"refused": str(error), "by": "KeyError"}


def solve(client):
    text = client.solve_and_return_solution(picture)
    return {"value": text} if text else {"refused": client.error_code, "by": "0"}


def report(client):
    """Return the status; this client hands the reply back as it is."""
    reply = client.report_incorrect_image_captcha()
    return {"refused": reply["errorCode"], "by": "reply"} if reply["errorId"] else {"value": reply["status"]}


client = imagecaptcha()
client.set_key(key)
client.set_comment("Type what you see")
client.set_minLength(4)
said = {"balance": balance(client), "solve": solve(client)}
said["reports"] = [report(client) for _ in range(2)] if "value" in said["solve"] else []
print(json.dumps(said))
