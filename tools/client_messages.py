"""Python types and the table of calls for clients/python, out of the server's OpenAPI description."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
# The client's verbs, each with the call that it makes.
VERBS = {
    "create_task": ("POST", "/v1/tasks"),
    "task": ("GET", "/v1/tasks/{task_id}"),
    "tasks": ("GET", "/v1/tasks"),
    "cancel": ("DELETE", "/v1/tasks/{task_id}"),
    "report": ("POST", "/v1/tasks/{task_id}/report"),
    "balance": ("GET", "/v1/balance"),
    "spending": ("GET", "/v1/spending"),
    "statement": ("GET", "/v1/statement"),
    "create_job": ("POST", "/v1/jobs"),
    "job": ("GET", "/v1/jobs/{job_id}"),
    "jobs": ("GET", "/v1/jobs"),
    "start": ("POST", "/v1/jobs/{job_id}/start"),
    "change": ("PATCH", "/v1/jobs/{job_id}"),
    "cancel_job": ("DELETE", "/v1/jobs/{job_id}"),
    "items": ("POST", "/v1/jobs/{job_id}/items"),
    "upload_state": ("GET", "/v1/jobs/{job_id}/uploads/{key}"),
    "results_jsonl": ("GET", "/v1/jobs/{job_id}/results.jsonl"),
    "results_csv": ("GET", "/v1/jobs/{job_id}/results.csv"),
    "events": ("GET", "/v1/jobs/{job_id}/events"),
    "results_parquet": ("GET", "/v1/jobs/{job_id}/results.parquet"),
}
# Verbs whose replies have a file of their own, so that each of both stays short; no type is in both.
ABOUT_MONEY = ("balance", "spending", "statement")
# Texts that are amounts of money or instants, by the name of their member: the description calls both a string.
MONEY = frozenset(
    {
        *("price", "cost", "refunded", "charged", "net", "held", "available", "budget", "price_at_most", "total"),
        *("opening", "closing", "amount", "task", "topped_up", "shares", "balance", "unexplained", "per_answer"),
        *("cost_low", "cost_high"),
    }
)
TIMES = frozenset({"to", "at", "deadline", "report_until"})
# What a type is called here where its name says less than it should, among those of the client.
NAMES = {"Row": "StatementRow", "Work": "StatementWork"}
KEYWORDS = frozenset({"from"})


def calls_module(document: Schema) -> str:
    """Return the source of the table of calls. Raises KeyError for a verb whose call is not described."""
    lines = [
        '"""The calls that this package makes, from the OpenAPI description: made by tools/make_client.py."""',
        *("", "from typing import NamedTuple", "", "", "class Call(NamedTuple):"),
        '    """A row of the table: method, path with its places in braces, and the names that its query may have."""',
        *("", "    method: str", "    path: str", "    query: tuple[str, ...] = ()", "", ""),
    ]
    for verb, (method, path) in VERBS.items():
        path, described = _described(document, method, path)
        query = tuple(each["name"] for each in described.get("parameters", []) if each["in"] == "query")
        lines.append(f"{verb.upper()} = Call({method!r}, {path!r}{f', {query!r}' if query else ''})")
    return "\n".join(lines) + "\n"


def messages_module(document: Schema, *, about_money: bool = False) -> str:
    """Return the source of the structs of replies to the client's verbs, and of what these are made of.

    ``about_money``: of `ABOUT_MONEY` alone, else of all others.
    """
    schemas = document["components"]["schemas"]
    verbs = [verb for verb in VERBS if (verb in ABOUT_MONEY) is about_money]
    wanted = dict.fromkeys(name for reply in _replies(document, verbs) for name in _with_parts(reply, schemas))
    head = [
        '"""What the server answers, from its OpenAPI description: made by tools/make_client.py.',
        "",
        'Money is USD; what a later server says beside these members is passed over."""',
        *("", "from datetime import datetime", "from decimal import Decimal", "from typing import Any", ""),
        "import msgspec",
    ]
    structs = [_struct(name, schemas) for name in wanted if "enum" not in schemas[name]]
    return "\n".join(head) + "\n\n\n" + "\n\n\n".join(structs) + "\n"


def _described(document: Schema, method: str, path: str) -> tuple[str, Schema]:
    """Return a call's path as the description writes it, whatever its places are called, and what it says of it."""
    shape = re.sub(r"{\w+}", "{}", path)
    for found, methods in document["paths"].items():
        if re.sub(r"{\w+}", "{}", found) == shape and method.lower() in methods:
            return found, methods[method.lower()]
    raise KeyError(f"{method} {path} is not described")


def _replies(document: Schema, verbs: Iterable[str]) -> Iterator[str]:
    for method, path in (VERBS[verb] for verb in verbs):
        for status, reply in _described(document, method, path)[1]["responses"].items():
            if status.startswith("2"):
                for content in reply.get("content", {}).values():
                    yield from _references(content["schema"])


def _with_parts(name: str, schemas: Mapping[str, Schema]) -> Iterator[str]:
    """Yield what a schema is made of, and itself, each after its parts."""
    for part in dict.fromkeys(_references(schemas[name])):
        if part != name:
            yield from _with_parts(part, schemas)
    yield name


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, Mapping):
        if "$ref" in schema:
            yield schema["$ref"].rpartition("/")[2]
        for value in schema.values():
            yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)


def python_name(schema: str) -> str:
    """Return what a type is called here: the server calls what it shows a view."""
    plain = schema.removesuffix("View").removeprefix("Customer")
    return NAMES.get(plain, plain)


def _struct(name: str, schemas: Mapping[str, Schema]) -> str:
    schema = schemas[name]
    lines = [f"class {python_name(name)}(msgspec.Struct, frozen=True, kw_only=True):"]
    if said := schema.get("description", ""):
        lines += [f'    """{said}"""' if "\n" not in said else f'    """{said}\n    """', ""]
    members = schema.get("properties", {})
    spans = {"from"} if "to" in members else set()  # without an end it is no beginning
    lines += [_member(member, about, schemas, TIMES | spans) for member, about in members.items()]
    return "\n".join(lines)


def _member(name: str, schema: Schema, schemas: Mapping[str, Schema], times: frozenset[str]) -> str:
    kind = _type(name, schema, schemas, times)
    default = "None" if kind.endswith("| None") or kind == "Any" else ""
    if name in KEYWORDS:
        return f"    {name}_: {kind} = msgspec.field({f'default={default}, ' if default else ''}name={name!r})"
    return f"    {name}: {kind}" + (f" = {default}" if default else "")


def _type(name: str, schema: Schema, schemas: Mapping[str, Schema], times: frozenset[str]) -> str:
    if "$ref" in schema:
        referred = schema["$ref"].rpartition("/")[2]
        return "str" if "enum" in schemas[referred] else python_name(referred)
    if "anyOf" in schema:
        kinds = dict.fromkeys(_type(name, each, schemas, times) for each in schema["anyOf"])
        return " | ".join(sorted(kinds, key=lambda kind: kind == "None"))
    kind = schema.get("type")
    if kind == "string":
        if name in times or name.endswith("_at") or schema.get("format") == "date-time":
            return "datetime"
        return "Decimal" if name in MONEY else "str"
    if kind == "array":
        return f"list[{_type(name, schema.get('items', {}), schemas, times)}]"
    if kind == "object":
        return "dict[str, Any]"
    if kind is None and "enum" in schema:
        return "str"
    plain = {"integer": "int", "number": "float", "boolean": "bool", "null": "None", None: "Any"}
    return plain[kind] if not isinstance(kind, list) else "Any"
