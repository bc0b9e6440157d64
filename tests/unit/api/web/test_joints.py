"""Spaces in filled-in texts: between Han and Latin or digits, and nowhere else."""

import pytest
from markupsafe import Markup

from api.web.joints import fill


@pytest.mark.parametrize(
    ("text", "value", "filled"),
    [
        ("%(x)s 揭榜", "星火七队", "星火七队揭榜"),
        ("%(x)s 揭榜", "Spark 7", "Spark 7 揭榜"),
        ("缺：%(x)s 2 级", "振动分析", "缺：振动分析 2 级"),
        ("由相近的 %(x)s 顶替。", "ESP32", "由相近的 ESP32 顶替。"),
        ("由相近的 %(x)s 顶替。", "声学分析", "由相近的声学分析顶替。"),
        ("带 %(x)s 队", 3, "带 3 队"),
        ("Bid for %(x)s", "J-0001", "Bid for J-0001"),
    ],
)
def test_joints_have_the_spaces_that_the_neighbours_ask_for(text: str, value: object, filled: str) -> None:
    assert fill(text, {"x": value}) == filled


def test_what_is_filled_in_is_escaped_unless_it_is_markup() -> None:
    assert fill("%(x)s bids", {"x": "<b>"}) == "&lt;b&gt; bids"
    assert fill("%(x)s bids", {"x": Markup("<b>7</b>")}) == "<b>7</b> bids"


def test_spaces_that_people_wrote_stay() -> None:
    assert fill("没有“%(x)s”", {"x": "刀具 振动"}) == "没有“刀具 振动”"
