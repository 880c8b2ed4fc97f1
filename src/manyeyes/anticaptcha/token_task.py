"""The `task` object of the token kinds: what the owner's own widget needs.

See docs/contracts/anticaptcha.md#token-tasks.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from manyeyes.anticaptcha import lenient_values
from manyeyes.tasks.rules import HCAPTCHA, RECAPTCHA_V2, RECAPTCHA_V2_ENTERPRISE, RECAPTCHA_V3, TURNSTILE
from manyeyes.tasks.tokens import TokenOptions, queue_of
from manyeyes.values.decimals import decimal_number
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.web_address import read_web_address

KINDS = {
    "RecaptchaV2TaskProxyless": RECAPTCHA_V2,
    "NoCaptchaTaskProxyless": RECAPTCHA_V2,
    "RecaptchaV2EnterpriseTaskProxyless": RECAPTCHA_V2_ENTERPRISE,
    "RecaptchaV3TaskProxyless": RECAPTCHA_V3,
    "HCaptchaTaskProxyless": HCAPTCHA,
    "TurnstileTaskProxyless": TURNSTILE,
}
# Without "Proxyless" a kind has a proxy, if its properties say one; CapMonster's clients know it by this name alone.
_PROXYLESS = {name.removesuffix("Proxyless"): name for name in KINDS}
API_HOSTS = ("www.google.com", "www.recaptcha.net")
LONGEST_URL, LONGEST_ACTION, LONGEST_DATA = 2_000, 100, 8_000
# Bound to a session of somebody else's page: the owner of a widget of their own has no use for them.
OF_OTHER_PAGES = ("recaptchaDataSValue", "websiteSToken", "chlPageData")
OF_CHALLENGES = ("cloudflareTaskType", "htmlPageBase64", "pageData")  # CapMonster's names for Turnstile's of that sort
_KEY = re.compile(r"[A-Za-z0-9_-]{8,128}")
_WORD = re.compile(r"[A-Za-z0-9_/.-]*")
_PROXIED = re.compile(
    r"^(NoCaptcha|Recaptcha|HCaptcha|Turnstile|FunCaptcha|GeeTest|Friendly|Prosopo|Amazon|Altcha)\w*Task$"
)


def kind_of(task: Mapping[str, Any]) -> str:
    """Return the kind of token that a task asks for, empty when it is none that is taken.

    The proxied name of a kind is the proxyless one while no property names a proxy.
    """
    name = task.get("type")
    if not isinstance(name, str) or (name in _PROXYLESS and _names_proxy(task)):
        return ""
    return KINDS.get(_PROXYLESS.get(name, name), "")


def _names_proxy(task: Mapping[str, Any]) -> bool:
    """Tell whether a property of a proxy says something; unset is null, "", false and 0, also as text."""
    said = [value for name, value in task.items() if name.lower().startswith("proxy")]
    return any(value and not (isinstance(value, str) and value.strip() in ("", "0")) for value in said)


def why_not_taken(task: Mapping[str, Any]) -> str:
    """Return the sentence for a kind that is not taken here (error 23)."""
    kind = str(task["type"])
    if _PROXIED.match(kind) and _names_proxy(task):
        nearest = kind + "Proxyless"
        instead = f"; {nearest} is taken for sites whose owner has proven control" if nearest in KINDS else ""
        return f"{kind[:60]!r} asks for a proxy, and nothing is proxied here{instead}"
    return f"{kind[:60]!r} is not taken here"


def read_token_task(task: Mapping[str, Any]) -> tuple[str, int, TokenOptions] | Refusal:
    """Return (kind, queue id, options) of a task that has a `kind_of`. Raises `Refused`.

    ``userAgent``, ``cookies`` and ``proxy…`` are left unread: the worker's own browser shows the widget.
    """
    kind = kind_of(task)
    for name in ("websiteURL", "websiteKey"):
        if not (task.get(name) or (name == "websiteURL" and task.get("websiteUrl"))):
            return Refusal(Reason.TASK_PROPERTIES, f"Missing property '{name}'")
    for name in (*OF_OTHER_PAGES, *(OF_CHALLENGES if kind == TURNSTILE else ())):
        if task.get(name):
            return Refusal(
                Reason.TASK_PROPERTIES, f"{name} belongs to a page that is not yours to prove; leave it away"
            )
    url = lenient_values.text(task, "websiteURL" if task.get("websiteURL") else "websiteUrl", LONGEST_URL)
    try:
        host = read_web_address(url).host
    except ValueError as error:
        return Refusal(Reason.TASK_PROPERTIES, f"websiteURL: {error}")
    score = _score(task) if kind == RECAPTCHA_V3 else 0.0
    if isinstance(score, Refusal):
        return score
    return kind, queue_of(kind, score), _options(kind, task, url, host, score)


def _options(kind: str, task: Mapping[str, Any], url: str, host: str, score: float) -> TokenOptions:
    enterprise = kind == RECAPTCHA_V2_ENTERPRISE or (
        kind == RECAPTCHA_V3 and lenient_values.switch(task, "isEnterprise")
    )
    payload = _payload(kind, task)
    action, data = payload.get("action", ""), payload.get("rqdata", "")
    if kind == RECAPTCHA_V3 or (kind == RECAPTCHA_V2_ENTERPRISE and not action):
        action = _fitting(task, "pageAction", _WORD, "letters, digits, / and _", LONGEST_ACTION)
    if kind == TURNSTILE:
        name = _first_said(task, ("action", "pageAction"))
        action = _fitting(task, name, _WORD, "letters, digits, - and _", LONGEST_ACTION)
        data = lenient_values.text(task, _first_said(task, ("cData", "turnstileCData", "data")), LONGEST_DATA)
    api_host = lenient_values.text(task, "apiDomain", 100).lower()
    if kind in (HCAPTCHA, TURNSTILE):
        api_host = ""
    elif api_host not in ("", *API_HOSTS):
        raise lenient_values.bad_property("apiDomain", f"one of {', '.join(API_HOSTS)}", api_host)
    return TokenOptions(
        website_url=url,
        website_key=_fitting(task, "websiteKey", _KEY, "8 to 128 letters, digits, - and _", 128),
        host=host,
        invisible=kind in (RECAPTCHA_V2, RECAPTCHA_V2_ENTERPRISE, HCAPTCHA)
        and lenient_values.switch(task, "isInvisible"),
        enterprise=enterprise,
        min_score=score,
        action=action,
        data=data,
        api_host=api_host or ("" if kind in (HCAPTCHA, TURNSTILE) else API_HOSTS[0]),
    )


def _first_said(task: Mapping[str, Any], names: Sequence[str]) -> str:
    """Return the first of several names of one property that says something, else the first of them."""
    return next((name for name in names if task.get(name)), names[0])


def _score(task: Mapping[str, Any]) -> float | Refusal:
    value = task.get("minScore")
    if value is None:
        return Refusal(Reason.TASK_PROPERTIES, "Missing property 'minScore'")
    score = decimal_number(value.strip()) if isinstance(value, str) else value
    try:
        if not isinstance(score, float):
            raise ValueError("no whole number is a score")
        queue_of(RECAPTCHA_V3, score)
    except ValueError:
        raise lenient_values.bad_property("minScore", "0.3, 0.7 or 0.9", value) from None
    return score


def _payload(kind: str, task: Mapping[str, Any]) -> dict[str, str]:
    """Return what of `enterprisePayload` an owner's own page may hand to its widget; anything else is refused."""
    payload = task.get("enterprisePayload")
    if not payload or kind not in (RECAPTCHA_V2_ENTERPRISE, HCAPTCHA):
        return {}
    allowed = "action" if kind == RECAPTCHA_V2_ENTERPRISE else "rqdata"
    if not isinstance(payload, dict) or set(payload) - {allowed}:
        raise lenient_values.bad_property("enterprisePayload", f"an object with {allowed} alone", payload)
    if kind == HCAPTCHA:
        return {allowed: lenient_values.text(payload, allowed, LONGEST_DATA)}
    return {allowed: _fitting(payload, allowed, _WORD, "letters, digits, / and _", LONGEST_ACTION)}


def _fitting(source: Mapping[str, Any], name: str, pattern: re.Pattern[str], wanted: str, longest: int) -> str:
    value = lenient_values.text(source, name, longest)
    if not pattern.fullmatch(value):
        raise lenient_values.bad_property(name, wanted, value)
    return value
