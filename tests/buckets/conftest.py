"""One store for all tests of buckets, and a customer whose installation may call this machine."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from manyeyes.accounts.store import KeyOwner
from manyeyes.roles.customer.buckets import GivenBucket, keep_bucket
from manyeyes.runtime.context import Context
from manyeyes.settings import Settings
from support import factories
from support.object_store import REGION, ObjectStore


@pytest.fixture(scope="session")
def store() -> Iterator[ObjectStore]:
    """Yield the store; tests use buckets of their own."""
    store = ObjectStore()
    yield store
    store.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings whose door leads to this machine."""
    return Settings(data=tmp_path, allowed_private_networks="127.0.0.0/8")


@pytest.fixture
async def customer(context: Context) -> factories.Customer:
    """Return a customer with a key."""
    return await factories.customer(context)


@pytest.fixture
async def owner(customer: factories.Customer) -> KeyOwner:
    """Return the customer's account."""
    return KeyOwner(1, customer.account_id, ())


class Shelf:
    """A customer's bucket in the store: what is put into it, and the customer's credentials for it."""

    def __init__(self, context: Context, owner: KeyOwner, store: ObjectStore, name: str) -> None:
        self.context, self.owner, self.store, self.name = context, owner, store, name
        store.fill(name, {})

    def given(self, **changed: str) -> GivenBucket:
        """Return what the customer says of the bucket."""
        given = GivenBucket(
            name=self.name,
            endpoint=self.store.endpoint,
            region=REGION,
            access_key=self.store.access_key,
            secret=self.store.secret,
        )
        return msgspec.structs.replace(given, **changed)

    async def keep(self, **changed: str) -> None:
        """Keep the bucket's credentials, as they are or with a change."""
        kept = await keep_bucket(self.context, self.owner, self.given(**changed))
        assert kept.name == self.name


@pytest.fixture
async def shelf(context: Context, owner: KeyOwner, store: ObjectStore, request: pytest.FixtureRequest) -> Shelf:
    """Return a bucket that is the test's own, its credentials kept."""
    name = f"bucket-{owner.account_id}-{abs(hash(request.node.name)) % 10**9}"
    shelf = Shelf(context, owner, store, name)
    await shelf.keep()
    return shelf
