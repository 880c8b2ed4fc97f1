"""Requests of /v1, made by schemathesis from its OpenAPI description: some as it says, some against it."""

import re
from typing import Any

import schemathesis
from hypothesis import strategies as st
from requests import Request
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from fuzz.inputs import Input, named
from manyeyes.v1.openapi import document

CALLERS = {"/v1/worker/": "worker_token", "/v1/reviewer/": "reviewer_token", "/v1/": "client_key"}  # by their paths
OTHERS = ("client_key", "worker_token", "reviewer_token", "nobody")
_NAMES = {"/v1/jobs/": "draft", "/v1/tasks/": "task"}  # of what is there; a drawn number hardly ever is
_KNOWN = re.compile(r"^(/v1/(?:jobs|tasks)/)[^/?]+")
WAITS = ("0", "0.05", "nan", "-1", "x", "")  # nobody is kept waiting: there is much to try


def v1() -> st.SearchStrategy[Input]:
    """Return requests of every operation of the description, by each who may call and by nobody."""
    schema = schemathesis.openapi.from_dict(document())
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    cases = [operation.as_strategy(generation_mode=mode) for operation in operations for mode in modes]
    other = st.sampled_from(["", "", "", *OTHERS])
    return st.builds(_input, st.one_of(cases), other, st.sampled_from(WAITS), st.booleans())


def _input(case: Any, other: str, wait: str, is_known: bool) -> Input:
    given = case.as_transport_kwargs(base_url="http://a.invalid")
    if "wait" in (given.get("params") or {}):
        given["params"] = {**given["params"], "wait": wait}
    headers = {
        name: text
        for name, text in (given.pop("headers", None) or {}).items()
        if name.lower() not in ("user-agent", "authorization")
    }
    given.pop("cookies", None)
    made: Any = Request(**given).prepare()
    caller = other or next(name for path, name in CALLERS.items() if made.path_url.startswith(path))
    headers |= {"authorization": f"Bearer {named(caller)}", "content-type": made.headers.get("content-type", "")}
    path = (
        _KNOWN.sub(lambda found: f"{found[1]}{named(_NAMES[found[1]])}", made.path_url) if is_known else made.path_url
    )
    lines = [f"{name}: {text}".encode("latin-1", "replace") for name, text in headers.items()]
    body = made.body.encode() if isinstance(made.body, str) else bytes(made.body or b"")
    return Input((f"{made.method} {path}".encode(), *lines), body)
