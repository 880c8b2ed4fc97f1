"""Who may call: the checks before a call's own parameters, in the order of docs/decisions/0020: 1, 6, 8, 9, 12, 1.

A blocked address hears code 1 before all of them, as everywhere else.
"""

import re

from manyeyes.accounts.rules import TASKS_WRITE
from manyeyes.apps.rules import App
from manyeyes.runtime.context import Context
from manyeyes.tupu.parameters import Parameters
from manyeyes.tupu.request_signature import Triple, is_timely, public_key, signed_text, triple_digest
from manyeyes.values.refusals import Reason, Refusal

_SECRET_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")  # ours are 24 hex characters; what cannot be one is not looked up


async def find_app(context: Context, secret_id: str, api_key: str, address: str) -> App | Refusal:
    """Return the app of a path's secretId, or the refusal: address or API key 1, unknown 6, suspended 8, no key 9.

    Whoever calls with a client key hears the same of another account's app and of one that is not there.
    """
    blocked = await context.lookups.blocked(address)
    if blocked:
        return blocked
    app = await context.lookups.app(secret_id) if _SECRET_ID.fullmatch(secret_id) else None
    if api_key:
        owner = await context.lookups.owner(api_key, address)
        if isinstance(owner, Refusal):
            return owner
        if TASKS_WRITE not in owner.scopes:
            return Refusal(Reason.UNKNOWN_KEY, f"the key has no scope {TASKS_WRITE}")
        if app is None or (owner.cell, owner.account_id) != (app.cell, app.account_id):
            return Refusal(Reason.UNKNOWN_KEY, "the key's account has no app with this secretId")
    if app is None:
        return Refusal(Reason.UNKNOWN_APP)
    if app.suspended:
        return Refusal(Reason.APP_SUSPENDED)
    return app if api_key or app.public_key is not None else Refusal(Reason.NO_PUBLIC_KEY)


def check_triple(app: App, parameters: Parameters, *, has_api_key: bool, now: float, window: int) -> bytes | Refusal:
    """Return what names the call, or the refusal: absent 1, time 12, signature 1.

    With an API key nothing of the three is needed; a timestamp and a nonce that come all the same name the call, so
    that a re-send is known. ``now``: Unix seconds; ``window``: how far the timestamp may be off.
    """
    triple = Triple(*map(parameters.literal, ("timestamp", "nonce", "signature")))
    if has_api_key and not (triple.timestamp and triple.nonce):
        return b""
    absent = [name for name, text in zip(Triple.__struct_fields__, _texts(triple), strict=True) if not text]
    if absent and not has_api_key:
        return Refusal(Reason.BAD_SIGNATURE, f"{', '.join(absent)} absent")
    if not is_timely(triple.timestamp, now, window):
        return Refusal(Reason.STALE_TIME, f"it is {int(now)} here, and {window} s either way are taken")
    if has_api_key:
        return triple_digest(f"{app.secret_id},{triple.timestamp},{triple.nonce}")
    text = signed_text(public_key(app.public_key or ""), app.secret_id, triple)
    if text is None:
        return Refusal(Reason.BAD_SIGNATURE, "the signature is not the app's key's over secretId,timestamp,nonce")
    return triple_digest(text)


def _texts(triple: Triple) -> tuple[str, str, str]:
    return triple.timestamp, triple.nonce, triple.signature
