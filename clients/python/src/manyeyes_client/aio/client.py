"""The client: all verbs on one connection."""

from manyeyes_client.aio.files import AsyncFileVerbs
from manyeyes_client.aio.jobs import AsyncJobVerbs
from manyeyes_client.aio.money import AsyncMoneyVerbs
from manyeyes_client.aio.tasks import AsyncTaskVerbs


class AsyncClient(AsyncTaskVerbs, AsyncJobVerbs, AsyncFileVerbs, AsyncMoneyVerbs):
    """Asks people through a manyeyes installation; one for as long as a program likes (``async with``)."""
