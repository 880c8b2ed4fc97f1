"""An account's people, each signed in on a browser of their own, by role."""

import re

from manyeyes.accounts.roles import PersonRole
from manyeyes.accounts.store import KeyOwner
from manyeyes.roles.customer import people
from manyeyes.roles.customer.people import Invited
from manyeyes.roles.sign_in import COOKIE
from manyeyes.values.actor import BY_ITSELF
from support import factories
from support.browser_visits import customer_subject, link
from support.in_process_client import Client

OWN = {"origin": "http://manyeyes.test"}


async def signed_in_as(client: Client, customer: factories.Customer, role: str) -> dict[str, str]:
    """Return the headers of a browser in which one of the account's people is signed in, or whoever has its key."""
    if role == "key":
        reply = await client.post("/login", headers=OWN, data={"key": customer.key})
    elif role == PersonRole.OWNER:
        reply = await client.post(await link(client.context, customer_subject(customer)), headers=OWN)
    else:
        owner = KeyOwner(customer.cell, customer.account_id, ())
        invited = await people.invite_person(client.context, owner, f"the {role}", role, BY_ITSELF)
        assert isinstance(invited, Invited), invited
        reply = await client.post(re.sub(r"^https?://[^/]+", "", invited.login_url), headers=OWN)
    assert reply.status_code == 303, reply.text
    client.cookies.clear()
    return {"cookie": f"{COOKIE}={reply.cookies[COOKIE]}", **OWN}
