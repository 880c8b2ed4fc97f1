"""/customer/top-ups: asking the operator for money, what became of that, and the notice when little is left."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.accounts.store import AccountPlace
from manyeyes.accounts.top_ups import LONGEST_NOTE
from manyeyes.console.customer.account_wording import LOOKS, STATES, in_words, refused
from manyeyes.console.shared.forms import text_of, typed_in
from manyeyes.console.shared.guards import for_customers
from manyeyes.console.shared.rendering import render
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer import top_ups
from manyeyes.roles.customer.spending import purse_of
from manyeyes.roles.sign_in import person_of
from manyeyes.runtime.context import Context
from manyeyes.values import money
from manyeyes.values.refusals import Refusal

PATH = "/customer/top-ups"


class TopUpPages:
    """The page on which a customer asks for money."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_customers
    async def show(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/top-ups: what was asked for, a form for more, and below what balance people are told."""
        return await self._page(request, place)

    @for_customers
    async def ask(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/top-ups: `amount` in USD, `note`."""
        form, person = await request.form(), await person_of(self._context, request)
        amount, note = text_of(form, "amount"), typed_in(form, "note")
        actor = await actor_of(self._context, request)
        found = await top_ups.ask_top_up(self._context, place, (amount, note), person.name if person else "", actor)
        if isinstance(found, Refusal):
            return await self._page(request, place, found, {"amount": amount, "note": note})
        return RedirectResponse(PATH, status_code=303)

    @for_customers
    async def notice(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/top-ups/notice: `below` in USD (0 or nothing: nobody is told), `callback_url`."""
        form = await request.form()
        below, url = text_of(form, "below"), text_of(form, "callback_url")
        actor = await actor_of(self._context, request)
        found = await top_ups.set_low_balance(self._context, place, below or "0", url, actor)
        if isinstance(found, Refusal):
            return await self._page(request, place, found, {"below": below, "callback_url": url})
        return RedirectResponse(PATH, status_code=303)

    async def _page(
        self,
        request: Request,
        place: AccountPlace,
        refusal: Refusal | None = None,
        typed: dict[str, str] | None = None,
    ) -> Response:
        low = await top_ups.low_balance_of(self._context, place)
        kept = {
            "amount": "",
            "note": "",
            "below": money.text(low.low_micros).rstrip("0").rstrip(".") if low.low_micros else "",
            "callback_url": low.low_url,
        }
        return render(
            request,
            "customer/top_ups.html",
            status=422 if refusal else 200,
            person=place.name,
            requests=await top_ups.requests_of(self._context, place),
            purse=await purse_of(self._context, place),
            refused=refused(request, refusal) if refusal else None,
            typed=kept | (typed or {}),
            states=in_words(request, {state.name: words for state, words in STATES.items()}),
            looks={state.name: look for state, look in LOOKS.items()},
            longest_note=LONGEST_NOTE,
        )
