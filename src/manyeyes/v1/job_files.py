"""/v1/jobs/{id}/items and …/uploads: files of items into a draft (docs/reference/v1/files.md)."""

import hashlib

import msgspec
from starlette.requests import ClientDisconnect, Request

from manyeyes.accounts.store import KeyOwner
from manyeyes.jobs.store import JobUpload
from manyeyes.roles.customer.bucket_items import take_bucket
from manyeyes.roles.customer.bucket_listing import read_bucket_query
from manyeyes.roles.customer.item_bodies import CSV, FORM, JSONL, ZIP, SentFile
from manyeyes.roles.customer.items import CustomerItems, UploadTaken
from manyeyes.roles.sign_in import caller_address
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_customer
from manyeyes.v1.idempotency import LONGEST_KEY, REPLAYED, sent_key
from manyeyes.v1.job_views import UploadView
from manyeyes.v1.json_messages import decode, whole_body
from manyeyes.v1.operations import Answer, Call, Operation, job_number
from manyeyes.values.integers import whole_number
from manyeyes.values.refusals import Reason, Refusal, Refused

UPLOAD_KEY = "upload-key"
_JSONL_NAMES = ("jsonl", "jsonlines", "json-lines", "x-jsonlines", "x-jsonl", "ndjson", "x-ndjson")
FORMS = {
    **dict.fromkeys(
        ("application/jsonl", "application/x-jsonlines", "application/x-ndjson", "application/ndjson"), JSONL
    ),
    **dict.fromkeys(("application/jsonlines", "application/json-lines", "application/x-jsonl", "text/jsonl"), JSONL),
    **dict.fromkeys(("text/csv", "application/csv", "text/tab-separated-values"), CSV),
    **dict.fromkeys(("application/zip", "application/x-zip-compressed", "application/x-zip"), ZIP),
    "multipart/form-data": FORM,
}


class BucketItemsBody(msgspec.Struct, frozen=True):
    """``bucket``: s3://BUCKET/PREFIX. ``suffixes``: ends of names that are meant; none: pictures' usual ones."""

    bucket: str
    suffixes: tuple[str, ...] = ()


class TakenView(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is complete. ``items``: of the whole job; ``skipped``: files that are no pictures, up to 100."""

    key: str
    lines: int
    complete: bool
    items: int
    skipped: list[str]


class JobFilesApi:
    """Files of jobs of the account whose key or session it is."""

    def __init__(self, context: Context) -> None:
        self._context, self._items = context, CustomerItems(context)

    async def add(self, call: Call[KeyOwner, None]) -> Answer[TakenView] | Refusal:
        """Take a file's items, or the rest of them; 422 with lines for a file that is wrong."""
        job_id = job_number(call)
        try:
            if _media(call.request) == "application/json":
                taken = await self._take_bucket(call, job_id)
            else:
                taken = await self._items.take(call.person, job_id, _sent(call.request))
        except ClientDisconnect:
            return Refusal(Reason.UNREADABLE, "the body broke off")  # nobody listens; what was saved stays
        if isinstance(taken, Refusal):
            return taken
        return Answer(_taken_view(taken), headers=REPLAYED if taken.was_there else {})

    async def _take_bucket(self, call: Call[KeyOwner, None], job_id: int) -> UploadTaken | Refusal:
        """Take the pictures of a bucket that the body names; it is read whole, and named by the body's digest."""
        raw = await whole_body(call.request)
        body = decode(raw, BucketItemsBody)
        if call.query.get("from_line", "1") != "1":
            return Refusal(
                Reason.UNREADABLE, "a bucket is read from its beginning; what is there already is not made twice"
            )
        try:
            query = read_bucket_query(body.bucket, body.suffixes)
        except ValueError as error:
            return Refusal(Reason.UNREADABLE, str(error))
        key, ip = _key(call.request) or hashlib.sha256(raw).hexdigest(), caller_address(call.request)
        return await take_bucket(self._context, call.person, job_id, query, upload_key=key, ip=ip)

    async def upload(self, call: Call[KeyOwner, None]) -> UploadView | Refusal:
        """Return how far a file is."""
        found = await self._items.upload(call.person, job_number(call), call.part(5))
        return found if isinstance(found, Refusal) else upload_view(found)

    async def drop(self, call: Call[KeyOwner, None]) -> Refusal | None:
        """Drop a file and its items."""
        return await self._items.drop(call.person, job_number(call), call.part(5))


def upload_view(file: JobUpload) -> UploadView:
    """Return how far a file is."""
    return UploadView(file.upload_key, file.lines, file.complete)


def _media(request: Request) -> str:
    """Return the body's media type, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _sent(request: Request) -> SentFile:
    """Return the body with what its head says of it. Raises `Refused` for what cannot be read."""
    content_type = request.headers.get("content-type", "")
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Refused(Refusal(Reason.UNREADABLE, "Content-Encoding is not taken; send the file as it is, or as a ZIP"))
    form = FORMS.get(_media(request))
    if form is None:
        said = "Content-Type must be application/jsonl, text/csv, application/zip, multipart/form-data, or for a bucket"
        said += " application/json"
        raise Refused(Refusal(Reason.UNREADABLE, said))
    from_line = whole_number(request.query_params.get("from_line", "1"), 9)
    if not from_line:
        raise Refused(Refusal(Reason.UNREADABLE, "from_line must be a line's number, from 1"))
    return SentFile(
        body=request.stream(),
        form=form,
        content_type=content_type,
        upload_key=_key(request),
        from_line=from_line,
        size=whole_number(request.headers.get("content-length", ""), 18),
        ip=caller_address(request),
    )


def _key(request: Request) -> str:
    """Return how the caller names the file: `Upload-Key`, else `Idempotency-Key`, else nothing. Raises `Refused`."""
    sent = request.headers.getlist(UPLOAD_KEY)
    key = sent[0] if sent else sent_key(request)
    is_fit = len(key) <= LONGEST_KEY and "/" not in key and all("!" <= each <= "~" for each in key)
    if not is_fit or len(sent) > 1 or (sent and not key):
        said = f"Upload-Key must be 1 to {LONGEST_KEY} visible ASCII characters without a slash"
        raise Refused(Refusal(Reason.UNREADABLE, said))
    return key


def _taken_view(taken: UploadTaken) -> TakenView:
    file = taken.upload
    return TakenView(
        key=file.upload_key, lines=file.lines, complete=file.complete, items=taken.job_items, skipped=taken.skipped
    )


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="POST",
        path="/v1/jobs/{job_id}/items",
        handler=JobFilesApi.add,
        caller=signed_in_customer,
        query=("from_line",),
        reply=TakenView,
        statuses=(400, 401, 402, 403, 404, 409, 422, 429, 503),
        waits=True,
        scope="tasks:write",
        media=("application/jsonl", "text/csv", "application/zip", "multipart/form-data", "application/json"),
        reads_itself=True,
    ),
    Operation(
        method="GET",
        path="/v1/jobs/{job_id}/uploads/{upload_key}",
        handler=JobFilesApi.upload,
        caller=signed_in_customer,
        reply=UploadView,
        statuses=(401, 403, 404),
        scope="tasks:read",
    ),
    Operation(
        method="DELETE",
        path="/v1/jobs/{job_id}/uploads/{upload_key}",
        handler=JobFilesApi.drop,
        caller=signed_in_customer,
        statuses=(401, 403, 404, 409),
        success=204,
        scope="tasks:write",
    ),
]
