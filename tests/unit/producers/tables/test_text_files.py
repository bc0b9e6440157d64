"""Several tables in one text file."""

from pathlib import Path

import pytest

from producers.tables.faults import UnreadableFile
from producers.tables.layout import Column, Layout, Strict, flag, wanted_skills
from producers.tables.reading import Rows, read_sheets, table_of


class Team(Strict):
    id: str
    locked: bool = False


class Place(Strict):
    team: str
    city: str


TEAMS = Layout("团队", "teams", (Column("id", "编号", "id"), Column("locked", "锁定", "locked", flag)), Team)
PLACES = Layout("地点", "places", (Column("team", "团队", "team"), Column("city", "城市", "city")), Place)


def read(folder: Path, name: str, text: str, encoding: str = "utf-8") -> tuple[Rows[Team], Rows[Place]]:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    found = read_sheets(path)
    return table_of(found, TEAMS), table_of(found, PLACES)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "[团队]\n编号,锁定\nT1,是\n\n[places]\nteam,city\nT1,苏州\n"),
        ("a.json", '{"teams": [{"id": "T1", "locked": true}], "地点": [{"团队": "T1", "城市": "苏州"}]}'),
        ("a.yaml", "teams:\n- {编号: T1, 锁定: 是}\nplaces:\n- {team: T1, city: 苏州}\n"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_sections_in_either_language(tmp_path: Path, name: str, text: str, encoding: str) -> None:
    teams, places = read(tmp_path, name, text, encoding)
    assert teams.faults + places.faults == ()
    assert [team for _, team in teams.good] == [Team(id="T1", locked=True)]
    assert [place for _, place in places.good] == [Place(team="T1", city="苏州")]


def test_all_faults_of_all_tables_are_told_with_their_places(tmp_path: Path) -> None:
    text = "[teams]\n编号,锁定,颜色\nT1,maybe,red\n,no,\n[places]\nteam\nT1\n"
    teams, places = read(tmp_path, "a.csv", text)
    found = [(f.sheet, f.row, f.column) for f in teams.faults + places.faults]
    assert found == [
        ("teams", 2, "颜色"),
        ("teams", 3, "锁定"),
        ("teams", 4, "编号"),
        ("places", 6, "城市/city"),
    ]


def test_a_table_without_rows_and_one_that_is_not_there(tmp_path: Path) -> None:
    teams, places = read(tmp_path, "a.csv", "[teams]\nid\n")
    assert [fault.en for fault in teams.faults] == ["The sheet is empty."]
    assert "teams" in places.faults[0].en


def test_a_cell_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="Line 1 cannot be read"):
        read(tmp_path, "a.csv", '"' + "a" * 200_000)


def test_skills_in_a_cell() -> None:
    assert wanted_skills("换模：3！*2.5；PLC:2;") == [
        {"skill": "换模", "level": "3", "mandatory": True, "weight": "2.5"},
        {"skill": "PLC", "level": "2", "mandatory": False},
    ]
