"""Files of posts: formats, encodings, and errors by row."""

import json
from pathlib import Path
from typing import get_args

import pytest

from producers.sdk.columns import POSTS
from producers.sdk.model import ChallengePost
from producers.sdk.reading import read_posts
from producers.tables.faults import FaultyFile, UnreadableFile
from producers.tables.reading import Rows
from producers.tables.writing import Format, template


def written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def posts(path: Path) -> list[ChallengePost]:
    read = read_posts(path)
    assert read.faults == ()
    return [post for _, post in read.good]


def places(read: Rows[ChallengePost]) -> list[tuple[int, str]]:
    return [(fault.row, fault.column) for fault in read.faults]


@pytest.mark.parametrize("kind", get_args(Format))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_template_can_be_sent_as_it_is(tmp_path: Path, kind: Format, language: str) -> None:
    text = template([POSTS], kind, "zh" if language == "zh" else "en")
    (post,) = posts(written(tmp_path, f"posts.{kind}", text))
    assert post.title.startswith("精铣刀具")
    assert [(s.skill, s.level, s.mandatory) for s in post.skills] == [
        ("vibration-analysis", 3, True),
        ("Python", 2, False),
    ]
    assert post.kpi is not None
    assert (post.kpi.baseline, post.kpi.target) == (6.4, 2.0)
    assert post.source is not None
    assert post.source.id == "WO-10086"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_csv_comes_in_the_encodings_of_office_software(tmp_path: Path, encoding: str) -> None:
    text = "难题标题,工种,技能\n换模时间太长,moulding,换模：3！；PLC:2\n"
    (post,) = posts(written(tmp_path, "posts.csv", text, encoding))
    assert post.title == "换模时间太长"
    assert [(s.skill, s.level, s.mandatory) for s in post.skills] == [("换模", 3, True), ("PLC", 2, False)]


def test_errors_name_the_row_and_the_field_and_the_others_are_read(tmp_path: Path) -> None:
    text = "title,industry,reward_cny,skills\ngood,moulding,,\n,moulding,,\nbad,moulding,abc,PLC:9\n"
    read = read_posts(written(tmp_path, "posts.csv", text))
    assert [post.title for _, post in read.good] == ["good"]
    assert places(read) == [(3, "title"), (4, "skills #1 level"), (4, "reward_cny")]
    assert all(fault.zh and fault.en for fault in read.faults)


def test_a_wrong_header_is_told_whole_and_once(tmp_path: Path) -> None:
    text = "wibble,工种,工种\na,moulding,moulding\nb,moulding,moulding\n"
    with pytest.raises(FaultyFile) as refusal:
        read_posts(written(tmp_path, "posts.csv", text))
    found = [(fault.row, fault.column) for fault in refusal.value.faults]
    assert found == [(1, "wibble"), (1, "工种"), (1, "难题标题/title")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("posts.json", "{"),
        ("posts.yaml", "a: [1"),
        ("posts.csv", ""),
        ("posts.txt", "title"),
        ("posts.json", "[" * 100_000),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read_posts(written(tmp_path, name, text))
    assert refusal.value.zh
    assert refusal.value.en


def test_bytes_of_no_encoding_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_bytes(b"title\n\xff\xff\xff")
    with pytest.raises(UnreadableFile):
        read_posts(path)


def test_a_line_that_is_not_json_does_not_stop_the_next(tmp_path: Path) -> None:
    good = json.dumps({"title": "a", "industry": "moulding"})
    rows = read_posts(written(tmp_path, "posts.jsonl", f"{good}\nnot json\n[1]\n{good}\n")).rows
    assert [row.value is not None for row in rows] == [True, False, False, True]


def test_the_same_source_is_the_same_post() -> None:
    one = ChallengePost.model_validate(
        {"title": "a", "industry": "moulding", "source": {"system": "cmms", "id": "1"}}
    )
    other = one.model_copy(update={"title": "b"})
    assert one.identity == other.identity == one.source
    without = one.model_copy(update={"source": None})
    assert without.identity == without.model_copy().identity
    assert without.identity != without.model_copy(update={"title": "b"}).identity
