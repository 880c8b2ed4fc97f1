"""/worker/keys: the keys of the screens, as a worker or reviewer sets them."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.forms import text_of
from manyeyes.console.shared.guards import for_workers
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.own_keys import KEY_WORDS, REVIEWERS, ShownKeys, key_label
from manyeyes.console.shared.refusal_news import news
from manyeyes.console.shared.rendering import render
from manyeyes.roles.own_keys import choose_key, forget_own_keys, keys_set_by
from manyeyes.runtime.context import Context
from manyeyes.workers.keys.rules import KeyFault, RefusedKey
from manyeyes.workers.store import Worker

PATH = "/worker/keys"
LONGEST_SHOWN = 30  # of a key that a form names: no keyboard has a longer one
NOTICES = {"kept": mark("Kept: it holds on every machine."), "first": mark("All keys are as they were.")}
FAULTS: Mapping[KeyFault, str] = {
    KeyFault.TAKEN: mark("%(key)s is not free: it does this already: %(other)s"),
    KeyFault.BROWSER: mark("%(key)s is not free: browsers or the system need it."),
    KeyFault.TYPING: mark("%(key)s is not free: it is needed for typing, sending or moving about."),
}


class OwnKeyPages:
    """The page of one process."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_workers
    async def show(self, request: Request, worker: Worker) -> Response:
        """GET /worker/keys: every action with its key."""
        return await self._page(request, worker, chosen=request.query_params.get("chosen", ""))

    @for_workers
    async def choose(self, request: Request, worker: Worker) -> Response:
        """POST /worker/keys: `action` is done by `key` from now on; 422 with the reason where it cannot."""
        form = await request.form()
        name, key = text_of(form, "action"), text_of(form, "key")
        if name not in KEY_WORDS:
            return RedirectResponse(PATH, status_code=303)
        refused = await choose_key(self._context, worker, name, key)
        if refused is not None:
            return await self._page(request, worker, chosen=name, key=key[:LONGEST_SHOWN], refused=refused)
        return RedirectResponse(f"{PATH}?notice=kept&chosen={name}", status_code=303)

    @for_workers
    async def forget(self, request: Request, worker: Worker) -> Response:
        """POST /worker/keys/first: all keys as they were."""
        await forget_own_keys(self._context, worker)
        return RedirectResponse(f"{PATH}?notice=first", status_code=303)

    async def _page(
        self, request: Request, worker: Worker, *, chosen: str = "", key: str = "", refused: RefusedKey | None = None
    ) -> Response:
        say = catalogue(look_of(request).language).ugettext
        own = await keys_set_by(self._context, worker)
        notice, fault = NOTICES.get(request.query_params.get("notice", ""), ""), ""
        if refused:
            other = say(KEY_WORDS[refused.other]) if refused.other else ""
            fault = say(FAULTS[refused.fault]) % {"key": key_label(key) or "–", "other": other}
        request.state.keys = ShownKeys(own)
        return render(
            request,
            "worker/keys.html",
            status=422 if refused else 200,
            person=worker.name,
            is_reviewer=worker.reviewer,
            fresh_refusals=await news(self._context, request, worker),
            actions=[(each, said) for each, said in KEY_WORDS.items() if worker.reviewer or each not in REVIEWERS],
            own=own,
            chosen=chosen,
            notice=say(notice) if notice else "",
            fault=fault,
        )
