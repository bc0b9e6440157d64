"""Inboxes: what is there, what is unread, and reading it."""

from domain.matching.taxonomy import Taxonomy
from domain.notices import Notice
from domain.ports import Notification
from infra.inbox_marks import mark_read
from infra.queries.inbox_lines import inbox_lines, unread_count
from infra.unit_of_work import Store
from tests.market import Market, post_open


def test_an_invitation_is_a_line_with_the_teams_name_and_no_challenge(store: Store, market: Market) -> None:
    with store.begin() as work:
        line = Notification(market.loner.person_id, Notice.TEAM_INVITATION, market.team, "", "event-1")
        work.notifications.add([line])
        work.commit()
    with store.database.read() as connection:
        (told,), _ = inbox_lines(connection, market.loner.person_id, unread=True, before=None, limit=10)
    assert (told.title, told.number, told.language) == ("示例一队", None, None)


def test_lines_are_read_one_by_one_or_up_to_one(store: Store, market: Market, taxonomy: Taxonomy) -> None:
    challenge = post_open(store, market, taxonomy)
    mine = market.captain.person_id
    with store.begin() as work:
        work.notifications.add(
            [
                Notification(person, Notice.CHALLENGE_FITS, challenge.id, challenge.id, f"event-{number}")
                for person in (mine, market.member.person_id)
                for number in range(3)
            ]
        )
        work.commit()
    with store.database.read() as connection:
        lines, total = inbox_lines(connection, mine, unread=False, before=None, limit=10)
        first, _ = inbox_lines(connection, mine, unread=True, before=None, limit=1)
        older, _ = inbox_lines(connection, mine, unread=True, before=first[0].id, limit=10)
        assert unread_count(connection, mine) == 3
    assert total == 3
    assert [line.number for line in lines] == [challenge.number] * 3
    assert first + older == lines
    newest, middle, _ = (line.id for line in lines)

    with store.database.write() as connection:
        assert mark_read(connection, mine, challenge.created_at, newest, only=True) == 1
        assert mark_read(connection, mine, challenge.created_at, newest, only=True) == 0
        connection.commit()
    with store.database.read() as connection:
        assert unread_count(connection, mine) == 2
    with store.database.write() as connection:
        assert mark_read(connection, mine, challenge.created_at, middle) == 2
        connection.commit()
    with store.database.read() as connection:
        assert unread_count(connection, mine) == 0
        assert unread_count(connection, market.member.person_id) == 3
        assert inbox_lines(connection, mine, unread=True, before=None, limit=10) == ([], 0)
