"""Strategies for whole requests: each contract's calls, and whatever else HTTP lets a peer say."""

from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st

from fuzz import values
from fuzz.inputs import Input, named, request
from manyeyes.anticaptcha.methods import METHODS
from manyeyes.tupu.operations import OPERATIONS
from manyeyes.tupu.parameter_names import KNOWN

NOWHERE = (
    "http://127.0.0.1:9/",
    "https://a.invalid/",
    "http://[::1]:9/",
    "http://169.254.169.254/",
    "ftp://a.invalid",
    "http://[",
)
TASK_KINDS = (
    *(
        "ImageToTextTask",
        "ImageToTextTask",
        "RecaptchaV2TaskProxyless",
        "RecaptchaV3TaskProxyless",
        "TurnstileTask",
        "HCaptchaTask",
    ),
    *("RecaptchaV2EnterpriseTask", "NoCaptchaTask", "AntiGateTask", "", "imagetotexttask"),
)
TASK_NAMES = (
    *(
        "type",
        "body",
        "phrase",
        "case",
        "numeric",
        "math",
        "minLength",
        "maxLength",
        "comment",
        "websiteURL",
        "websiteKey",
    ),
    *("queueId", "proxyType", "proxyAddress", "proxyPort", "isInvisible", "minScore", "pageAction", "isEnterprise"),
)
CALL_NAMES = (
    "clientKey",
    "task",
    "taskId",
    "queueId",
    "queue",
    "softId",
    "date",
    "ip",
    "mode",
    "languagePool",
    "callbackUrl",
)
CONTENT_TYPES = (
    *("application/json", "application/json", "application/json; charset=utf-16", "text/plain", ""),
    *("application/x-www-form-urlencoded", "multipart/form-data", "\xff", "application/octet-stream"),
)
WORDS = (
    "v1",
    "v3",
    "v3.1",
    "worker",
    "next",
    "recognition",
    "createTask",
    "pictures",
    "operator",
    "sign-in",
    "healthz",
    "..",
    "%00",
    "%",
    "%2e%2e",
)
PAGES = (
    *("/", "/help", "/login/x", "/worker", "/worker/reports", "/reviewer", "/customer", "/customer/statement"),
    *("/customer/statement.csv", "/customer/callbacks", "/customer/recognitions", "/customer/reports"),
    *("/customer/recognitions/{{task_id}}", "/customer/recognitions/{{task_id}}/results.csv", "/customer/reports/1"),
    *("/customer/recognitions/{{task_id}}/results.parquet", "/operator", "/operator/recognition", "/operator/recourse"),
    *("/operator/recognition/{{task_id}}", "/widget/x", "/static/x/y/z", "/pictures/x"),
)
FORMS = (  # but for /logout, behind which nobody would see a page any more
    *("/look", "/login", "/login/x", "/worker/online", "/worker/offline", "/worker/answer", "/worker/skip"),
    *("/worker/appeal", "/reviewer/vote", "/reviewer/leave", "/customer/callbacks/replay", "/operator/appeal"),
    *("/operator/app", "/operator/recognition"),
)
FIELDS = (
    *("task_id", "lease", "answer", "text", "key", "queue", "queues", "language", "theme", "verdict", "slot", "words"),
    *("from", "to", "grain", "tz", "limit", "before", "state", "day", "review", "label", "name", "threshold", "next"),
)
COOKIES = ("operator_cookie", "client_key_cookie", "worker_token_cookie", "reviewer_token_cookie")
ORIGINS = (
    "http://{{host}}",
    "http://{{host}}",
    "http://{{host}}",
    "null",
    "http://[",
    "http://a.invalid:99999",
    "\xff",
    "",
)
HEADERS = (
    *(
        "accept",
        "accept-language",
        "authorization",
        "cookie",
        "origin",
        "referer",
        "range",
        "if-none-match",
        "x-forwarded-for",
    ),
    *(
        "if-modified-since",
        "expect",
        "upgrade",
        "content-type",
        "content-encoding",
        "last-event-id",
        "host",
        "forwarded",
    ),
)
HEADER_VALUES = (
    *(
        "",
        "*",
        "*/*",
        "text/html",
        "q," * 3_000,
        "en;q=nan",
        "zh-Hans;q=1e9",
        "Bearer {{client_key}}",
        "Bearer {{worker_token}}",
    ),
    *(
        "Bearer",
        "Basic a",
        "session=a; " * 200,
        "http://[",
        "null",
        "bytes=0-",
        "bytes=9-1,2-",
        "100-continue",
        "h2c",
        "websocket",
    ),
    *("gzip", "multipart/form-data; boundary=", "::1", "1.2.3.4, 999.9.9.9", "-1", "\xff\xfe", "a" * 8_000),
)


@st.composite
def anticaptcha(draw: st.DrawFn) -> Input:
    """A call of the Anti-Captcha contract, nearly right."""
    method = draw(st.sampled_from(sorted(METHODS.keys() - {"test"})))  # that one answers with a page
    call: dict[str, Any] = {"clientKey": "{{client_key}}"}
    if method == "createTask":
        kind = draw(st.sampled_from(TASK_KINDS))
        task = {"type": kind, "websiteURL": "https://a.invalid/", "websiteKey": "k"}
        if kind == TASK_KINDS[0]:
            task = {"type": kind, "body": draw(values.base64_texts(values.pictures()))}
        call["task"] = draw(
            st.one_of(values.changed(task, TASK_NAMES), values.changed(task, TASK_NAMES), values.anything)
        )
        call["callbackUrl"] = draw(st.sampled_from([None, *NOWHERE]))
    else:
        call |= {"taskId": draw(st.integers(0, 2**40)), "queueId": 1}
    body = draw(values.changed(call, [name for name in CALL_NAMES if name != "callbackUrl"]))
    kind = draw(st.sampled_from(CONTENT_TYPES))
    spelt = draw(st.sampled_from([method] * 9 + [method.upper(), f"{method}/", f"/{method}"]))
    return request("POST", f"/{spelt}", draw(values.encoded(body)), content_type=kind)


@st.composite
def tupu(draw: st.DrawFn) -> Input:
    """A signed call of TUPU's contract in one of its three dialects, nearly right."""
    path = draw(st.sampled_from(sorted(OPERATIONS)))
    end = draw(st.sampled_from(["{{secret_id}}"] * 9 + ["", "0" * 24, "{{secret_id}}/", "%00"]))
    asked: dict[str, Any] = {name: named(name) for name in ("timestamp", "nonce", "signature")}
    if "secret-task" in path:
        asked |= {"startDate": "2026-01-01", "endDate": "2026-01-02", "taskId": "{{task_id}}"}
    elif "base64" in path:
        asked["images"] = draw(st.lists(values.base64_texts(values.pictures()), max_size=3))
    dialect = draw(st.sampled_from(["json", "json", "form", "multipart", "multipart"]))
    if dialect != "multipart" and "images" not in asked and "startDate" not in asked:
        asked["image"] = draw(st.lists(st.sampled_from(NOWHERE), max_size=2))
    fields = draw(values.changed(asked, sorted(KNOWN)))
    if dialect == "json":
        kind = draw(st.sampled_from(CONTENT_TYPES))
        return request("POST", path + end, draw(values.encoded(fields)), content_type=kind)
    pairs = [(name, each) for name, value in fields.items() for each in (value if isinstance(value, list) else [value])]
    written = [(name, each if isinstance(each, str) else values.json_text(each)) for name, each in pairs]
    if dialect == "form":
        # Not quoted: "%", "+" and "&" mean what the reader takes them for.
        body = "&".join(f"{name}={value}" for name, value in written).encode("utf-8", "replace")
        return request("POST", path + end, body, content_type="application/x-www-form-urlencoded")
    files = [("image", draw(values.pictures())) for _ in range(draw(st.integers(0, 3)))]
    kind, body = draw(values.multipart([*written, *files]))
    return request("POST", path + end, body, content_type=kind)


@st.composite
def picture_calls(draw: st.DrawFn) -> Input:
    """A damaged picture, sent in either contract by calls that are right in all else."""
    text = draw(values.base64_texts(values.pictures()))
    if draw(st.booleans()):
        task = {"type": "ImageToTextTask", "body": text}
        body = values.json_text({"clientKey": "{{client_key}}", "task": task}).encode()
        return request("POST", "/createTask", body, content_type="application/json")
    signed = {name: named(name) for name in ("timestamp", "nonce", "signature")}
    body = values.json_text({**signed, "images": [text]}).encode()
    return request("POST", "/v3/recognition/image/sync/base64/{{secret_id}}", body, content_type="application/json")


@st.composite
def pages(draw: st.DrawFn) -> Input:
    """A page that is looked at or a form that is sent, by each who may be signed in."""
    fields = draw(
        st.lists(st.tuples(st.sampled_from(FIELDS), values.texts | st.sampled_from(values.NUMBERS)), max_size=4)
    )
    quoted = urlencode(fields, errors="replace")
    headers = {"cookie": named(draw(st.sampled_from(COOKIES))), "accept": "text/html"}
    if draw(st.booleans()):
        return request("GET", f"{draw(st.sampled_from(PAGES))}?{quoted}", **headers)
    path = draw(st.sampled_from(FORMS))
    headers |= {"origin": draw(st.sampled_from(ORIGINS)), "content_type": "application/x-www-form-urlencoded"}
    body = quoted.encode()
    if draw(st.booleans()):
        headers["content_type"], body = draw(values.multipart(fields))
    return request("POST", path, body, **headers)


@st.composite
def anything(draw: st.DrawFn) -> Input:
    """Any method, path, header and body: no contract's call, or hardly one."""
    verb = draw(
        st.sampled_from(["GET", "GET", "GET", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "QUERY"])
    )
    parts = draw(st.lists(st.one_of(st.sampled_from(WORDS), st.text("abc%09./;=é\\", max_size=9)), max_size=5))
    query = draw(
        st.sampled_from(["", "", "?", "?a=%", "?limit=9&limit=-1", "?wait=0&from=1e9", "?%00=%ff", "?lang=zh"])
    )
    path = "/" + "/".join(parts).replace(" ", "%20") + query
    names = draw(st.lists(st.sampled_from(HEADERS), max_size=4, unique=True))
    lines = tuple(f"{name}: {draw(st.sampled_from(HEADER_VALUES))}".encode("latin-1") for name in names)
    return Input((f"{verb} {path}".encode(), *lines), draw(st.one_of(st.just(b""), st.binary(max_size=200))))
