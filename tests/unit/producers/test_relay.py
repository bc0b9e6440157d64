"""The relay's order of sending, marking and failing, with a log that does what the test says."""

from collections.abc import Mapping
from functools import partial

import pytest

from infra.unsent import OutboxUnavailable, UnsentRow
from producers.relay import Pace, PublisherFailed, Relay
from tests.unit.producers.fake_log import (
    FakeAcknowledgement,
    FakeOutbox,
    FakePublisher,
    Script,
    in_turn,
    nothing,
    row,
)


def test_rows_are_sent_in_their_order_and_marked() -> None:
    outbox, publisher = FakeOutbox(), FakePublisher()
    outbox.commit(row(3), row(1), row(2))

    Relay(lambda: outbox, lambda: publisher).run(Script(nothing))

    assert publisher.taken == [1, 2, 3]
    assert outbox.sent == [1, 2, 3]


def test_a_row_is_marked_only_after_the_log_acknowledged_it() -> None:
    outbox, publisher = FakeOutbox(), FakePublisher(acknowledges_at_once=False)
    outbox.commit(row(1), row(2))
    marked: list[list[int]] = []

    def note() -> None:
        marked.append(list(outbox.sent))

    def acknowledge_the_second() -> None:
        note()
        publisher.acknowledge(2)

    Relay(lambda: outbox, lambda: publisher).run(Script(acknowledge_the_second, note))

    assert marked == [[], [2]]
    assert publisher.taken == [1, 2], "what is in flight is not sent again"


def test_a_lower_id_that_commits_late_is_sent() -> None:
    outbox, publisher = FakeOutbox(), FakePublisher()
    outbox.commit(row(2))

    Relay(lambda: outbox, lambda: publisher).run(Script(partial(outbox.commit, row(1)), nothing))

    assert publisher.taken == [2, 1]
    assert outbox.sent == [2, 1]


def test_after_a_failure_it_resends_from_the_first_unsent_row() -> None:
    outbox = FakeOutbox()
    first, second = FakePublisher(acknowledges_at_once=False), FakePublisher()
    outbox.commit(row(1), row(2), row(3))

    def two_fails() -> None:
        first.acknowledge(1)
        first.fail()
        outbox.commit(row(4))

    Relay(lambda: outbox, in_turn([first, second])).run(Script(two_fails, nothing, nothing))

    assert first.taken == [1, 2, 3], "nothing further is sent after the failure"
    assert first.closed
    assert second.taken == [2, 3, 4]
    assert outbox.sent == [1, 2, 3, 4]
    assert outbox.closed == 2


def test_a_log_that_falls_silent_is_given_up() -> None:
    outbox, now = FakeOutbox(), [0.0]
    first, second = FakePublisher(acknowledges_at_once=False), FakePublisher()
    outbox.commit(row(1), row(2))

    def four_seconds_pass() -> None:
        now[0] += 4
        first.acknowledge(1)

    relay = Relay(lambda: outbox, in_turn([first, second]), Pace(most_silence=5), lambda: now[0])
    relay.run(Script(four_seconds_pass, four_seconds_pass, four_seconds_pass, nothing, nothing))

    assert first.aborted, "after eight seconds without an answer, four of them before the first one"
    assert second.taken == [2]
    assert outbox.sent == [1, 2]


def test_an_idle_relay_waits_for_no_answer() -> None:
    now, opened = [0.0], [FakePublisher()]
    outbox = FakeOutbox()

    def an_hour_passes() -> None:
        now[0] += 3600

    relay = Relay(lambda: outbox, in_turn(opened), Pace(most_silence=5), lambda: now[0])
    relay.run(Script(an_hour_passes, partial(outbox.commit, row(1)), nothing))

    assert outbox.sent == [1]


def test_a_message_that_cannot_be_sent_now_holds_back_the_later_ones() -> None:
    class Refusing(FakePublisher):
        def send(self, row: UnsentRow) -> FakeAcknowledgement:
            if row.id == 2:
                raise PublisherFailed("the topic is not known yet")
            return super().send(row)

    outbox, first, second = FakeOutbox(), Refusing(), FakePublisher()
    outbox.commit(row(1), row(2), row(3))

    Relay(lambda: outbox, in_turn([first, second])).run(Script(nothing, nothing))

    assert first.taken == [1]
    assert second.taken == [2, 3]
    assert outbox.sent == [1, 2, 3]


def test_what_the_log_can_never_take_is_put_aside_and_the_others_go_on() -> None:
    outbox, publisher = FakeOutbox(), FakePublisher(too_large={2})
    outbox.commit(row(1), row(2), row(3))

    Relay(lambda: outbox, lambda: publisher).run(Script(partial(outbox.commit, row(4)), nothing))

    assert outbox.aside == {2: "oversized"}
    assert outbox.sent == publisher.taken == [1, 3, 4]
    assert outbox.closed == 1, "nothing failed: there is no reason to connect anew"


def test_what_the_log_refuses_for_good_is_put_aside_and_the_later_ones_are_sent_again_in_order() -> None:
    outbox = FakeOutbox()
    publishers = [FakePublisher(too_large={2, 3}, asks_the_log=True) for _ in range(3)]
    for number in range(1, 5):
        outbox.commit(row(number))

    script = Script(*[nothing] * 4)
    Relay(lambda: outbox, in_turn(publishers), Pace(chunk=2, first_retry=1)).run(script)

    assert outbox.aside == {2: "oversized", 3: "oversized"}
    assert outbox.sent == [1, 4]
    assert [publisher.taken for publisher in publishers] == [[1, 2], [3], [4]]
    assert script.waits[:2] == [1, 1], "a message put aside is progress: the retries do not slow down"


def test_a_lost_connection_while_a_message_is_put_aside_puts_it_aside_later() -> None:
    class LosingOnce(FakeOutbox):
        losses = 1

        def put_aside(self, row: UnsentRow, reason: str, details: Mapping[str, str]) -> None:
            self.losses -= 1
            if self.losses >= 0:
                raise OutboxUnavailable("the connection is lost")
            super().put_aside(row, reason, details)

    outbox, first, second = LosingOnce(), FakePublisher(too_large={1}), FakePublisher(too_large={1})
    outbox.commit(row(1), row(2))

    Relay(lambda: outbox, in_turn([first, second])).run(Script(nothing, nothing))

    assert first.aborted
    assert (outbox.aside, outbox.sent) == ({1: "oversized"}, [2])


def test_a_lost_connection_stops_the_sending() -> None:
    outbox = FakeOutbox()
    first, second = FakePublisher(acknowledges_at_once=False), FakePublisher()
    outbox.commit(row(1))

    def lose_the_connection() -> None:
        outbox.lost = True

    def find_it_again() -> None:
        outbox.lost = False

    Relay(lambda: outbox, in_turn([first, second])).run(Script(lose_the_connection, find_it_again, nothing))

    assert first.aborted
    assert first.closed
    assert second.taken == [1]
    assert outbox.sent == [1]


def test_a_second_relay_waits_for_the_lock() -> None:
    outbox, publisher = FakeOutbox(refusals=2), FakePublisher()
    outbox.commit(row(1))
    taken: list[list[int]] = []

    def note() -> None:
        taken.append(list(publisher.taken))

    Relay(lambda: outbox, lambda: publisher).run(Script(note, note, note))

    assert taken == [[], [], [1]]


def test_it_stops_while_it_waits_for_the_lock() -> None:
    outbox = FakeOutbox(refusals=100)
    opened: list[FakePublisher] = []

    Relay(lambda: outbox, in_turn(opened)).run(Script(nothing))

    assert outbox.closed == 1


def test_at_the_stop_it_awaits_and_marks_what_is_in_flight() -> None:
    outbox, publisher = FakeOutbox(), FakePublisher(acknowledges_at_once=False)
    outbox.commit(row(1), row(2))

    Relay(lambda: outbox, lambda: publisher).run(Script())

    assert publisher.closed
    assert outbox.sent == [1, 2]
    assert outbox.closed == 1


@pytest.mark.parametrize(
    ("pace", "size"), [(Pace(most_in_flight=3, chunk=1), 1), (Pace(most_bytes=30, chunk=1), 10)]
)
def test_no_more_than_agreed_is_in_flight(pace: Pace, size: int) -> None:
    outbox, publisher = FakeOutbox(), FakePublisher(acknowledges_at_once=False)
    outbox.commit(*(row(id, size=size) for id in range(1, 9)))
    taken: list[list[int]] = []

    def note_and_acknowledge() -> None:
        taken.append(list(publisher.taken))
        publisher.acknowledge(1, 2)

    Relay(lambda: outbox, lambda: publisher, pace).run(Script(note_and_acknowledge, note_and_acknowledge))

    assert taken[:2] == [[1, 2, 3], [1, 2, 3, 4, 5]]


def test_idle_polls_and_failed_connections_slow_down() -> None:
    def unavailable() -> FakeOutbox:
        raise OutboxUnavailable("nobody answers")

    pace = Pace(shortest_poll=1, longest_poll=4, first_retry=1, last_retry=4)
    idle, failing = Script(*[nothing] * 4), Script(*[nothing] * 4)

    Relay(FakeOutbox, FakePublisher, pace).run(idle)
    Relay(unavailable, FakePublisher, pace).run(failing)

    assert idle.waits == [2, 4, 4, 4, 4]
    assert failing.waits == [1, 2, 4, 4, 4]
