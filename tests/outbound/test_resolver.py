"""The system's own resolver: names of this machine, and TXT records from a name server on loopback."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from manyeyes.outbound import resolver
from manyeyes.outbound.door import Door
from manyeyes.outbound.resolver import SystemResolver
from manyeyes.outbound.rules import DoorReason, DoorRefused
from manyeyes.webhooks.rules import AT_ONCE_PER_ACCOUNT

Answer = Callable[[dns.message.Message], dns.message.Message | None]


class _NameServer(asyncio.DatagramProtocol):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = self._answer(dns.message.from_wire(data))
        if reply is not None:
            self._transport.sendto(reply.to_wire(), addr)


@asynccontextmanager
async def asking(answer: Answer, seconds: float = 5.0) -> AsyncIterator[Door]:
    """A door whose TXT look-ups go to a name server that answers like this."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _NameServer(answer), ("127.0.0.1", 0))
    try:
        yield Door(resolver=SystemResolver(transport.get_extra_info("sockname")[:2]), seconds=seconds)
    finally:
        transport.close()


def records(*texts: str) -> Answer:
    def answer(query: dns.message.Message) -> dns.message.Message:
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        if texts:
            reply.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", "TXT", *texts))
        return reply

    return answer


def failing(code: dns.rcode.Rcode) -> Answer:
    def answer(query: dns.message.Message) -> dns.message.Message:
        reply = dns.message.make_response(query)
        reply.set_rcode(code)
        return reply

    return answer


async def test_records_come_in_one_piece_each():
    async with asking(records('"one"', '"in " "two parts"')) as door:
        assert sorted(await door.txt("_manyeyes.shop.example")) == ["in two parts", "one"]


async def test_no_record_is_an_answer():
    async with asking(records()) as door:
        assert await door.txt("_manyeyes.shop.example") == []
    async with asking(failing(dns.rcode.NXDOMAIN)) as door:
        assert await door.txt("_manyeyes.shop.example") == []


@pytest.mark.parametrize("code", [dns.rcode.SERVFAIL, dns.rcode.REFUSED])
async def test_a_name_server_in_trouble_is_no_answer(code: dns.rcode.Rcode):
    async with asking(failing(code)) as door:
        with pytest.raises(DoorRefused) as found:
            await door.txt("_manyeyes.shop.example")
    assert (found.value.reason, found.value.is_lasting) == (DoorReason.RESOLVER_FAILED, False)


async def test_a_silent_name_server_is_no_answer():
    async with asking(lambda query: None, seconds=0.2) as door:
        with pytest.raises(DoorRefused) as found:
            await door.txt("_manyeyes.shop.example")
    assert found.value.reason is DoorReason.RESOLVER_FAILED


async def test_names_whose_servers_are_silent_hold_up_nobody_else(monkeypatch: pytest.MonkeyPatch):
    """A system's look-up goes on for half a minute after we stopped waiting; an account may begin 16 in ten seconds."""
    over = threading.Event()
    monkeypatch.setattr(resolver, "_look_up", lambda host: ["127.0.0.1"] if host == "here.example" else _hang(over))
    door = SystemResolver()
    silent = [asyncio.create_task(door.addresses(f"{n}.silent.example")) for n in range(3 * AT_ONCE_PER_ACCOUNT)]
    await asyncio.sleep(0)  # they begin before the one that is looked for
    try:
        async with asyncio.timeout(5):
            assert await door.addresses("here.example") == ["127.0.0.1"]
    finally:
        over.set()
        await asyncio.gather(*silent)


def _hang(over: threading.Event) -> list[str]:
    over.wait()
    return []


async def test_the_names_of_this_machine_are_known():
    assert set(await SystemResolver().addresses("localhost")) & {"127.0.0.1", "::1"}
    assert await SystemResolver().addresses("127.0.0.1") == ["127.0.0.1"]
