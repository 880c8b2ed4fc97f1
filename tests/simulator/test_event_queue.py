"""What happens next in a simulation."""

from manyeyes.simulator.event_queue import Agenda


def test_calls_come_in_the_order_of_their_time_and_those_of_one_instant_as_entered():
    agenda, seen = Agenda(), []
    for seconds, name in ((2.0, "c"), (1.0, "a"), (2.0, "d"), (1.0, "b")):
        agenda.after(seconds, lambda name: seen.append((agenda.now, name)), name)
    agenda.run(10.0)
    assert seen == [(1.0, "a"), (1.0, "b"), (2.0, "c"), (2.0, "d")]


def test_what_a_call_enters_is_done_in_the_same_run_up_to_its_end():
    agenda, seen = Agenda(), []

    def tick() -> None:
        seen.append(agenda.now)
        agenda.after(1.0, tick)

    agenda.after(1.0, tick)
    agenda.run(3.0)
    assert (seen, agenda.now) == ([1.0, 2.0], 3.0)
    agenda.run(4.5)
    assert seen == [1.0, 2.0, 3.0, 4.0]
