from datetime import UTC, datetime, timedelta, timezone

from search.documents import EPOCH, NEVER_MS, CatalogueDocument, SkillLabel, milliseconds, newest


def test_the_label_is_the_number_as_people_write_it() -> None:
    assert CatalogueDocument(id="c", doc_version=1, number=412).label == "J-0412"


def test_a_skill_asked_for_twice_has_one_code() -> None:
    plc, cnc = SkillLabel("plc", "可编程控制", "PLC"), SkillLabel("cnc", "数控", "CNC")
    assert CatalogueDocument(id="c", doc_version=1, skills=(plc, cnc, plc)).skill_codes == ("plc", "cnc")


def test_a_moment_is_the_same_in_every_zone() -> None:
    beijing = datetime(1970, 1, 1, 8, 0, 1, tzinfo=timezone(timedelta(hours=8)))
    assert milliseconds(beijing) == milliseconds(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)) == 1_000
    assert milliseconds(None) == NEVER_MS
    assert milliseconds(EPOCH - timedelta(days=1)) == 0


def test_the_newest_of_each_id_is_kept() -> None:
    first, second = CatalogueDocument(id="a", doc_version=2), CatalogueDocument(id="a", doc_version=1)
    other = CatalogueDocument.tombstone("b", 1)
    assert newest([first, second, other]) == [first, other]
