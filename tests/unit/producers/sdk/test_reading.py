"""Files of posts: formats, encodings, and errors by row."""

import json
from pathlib import Path

import pytest

from producers.sdk.client import idempotency_key
from producers.sdk.model import ChallengePost
from producers.sdk.reading import UnreadableFile, read_posts
from producers.sdk.templates import FORMATS, Format, template


def written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def posts(path: Path) -> list[ChallengePost]:
    rows = read_posts(path)
    assert [row.errors for row in rows] == [()] * len(rows)
    return [row.post for row in rows if row.post is not None]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_template_can_be_sent_as_it_is(tmp_path: Path, kind: Format, language: str) -> None:
    text = template(kind, "zh" if language == "zh" else "en")
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
    rows = read_posts(written(tmp_path, "posts.csv", text))
    assert rows[0].post is not None
    assert [(e.row, e.field) for row in rows for e in row.errors] == [
        (2, "title"),
        (3, "skills.0.level"),
        (3, "reward_cny"),
    ]
    assert all(e.zh and e.en for row in rows for e in row.errors)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("posts.csv", "title,wibble\na,b\n"),
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
    rows = read_posts(written(tmp_path, "posts.jsonl", f"{good}\nnot json\n[1]\n{good}\n"))
    assert [row.post is not None for row in rows] == [True, False, False, True]


def test_the_same_source_is_the_same_post() -> None:
    one = ChallengePost.model_validate(
        {"title": "a", "industry": "moulding", "source": {"system": "cmms", "id": "1"}}
    )
    other = one.model_copy(update={"title": "b"})
    assert idempotency_key(one) == idempotency_key(other)
    without = one.model_copy(update={"source": None})
    assert idempotency_key(without) != idempotency_key(without.model_copy(update={"title": "b"}))
