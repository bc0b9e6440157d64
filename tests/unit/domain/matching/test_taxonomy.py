"""The shipped taxonomy keeps its promises, and mistakes in its files are named with their line."""

from dataclasses import replace
from pathlib import Path

import pytest

from domain.matching.errors import InvalidLevel, TaxonomyError, UnknownSkill
from domain.matching.taxonomy import Side, Skill, Taxonomy
from domain.matching.taxonomy_data import read_folder

TREE = "code,parent,zh,en\ncontrol,,控制,Control\ncontrol.plc,control,PLC,PLCs\n"
SKILLS = "code,group,side,zh,en,aliases\nplc,control.plc,ot,PLC 编程,PLC programming,可编程控制器|S7\n"
EVIDENCE = "node,level,zh,en\n" + "".join(f"control,{level},证据,Evidence\n" for level in range(1, 6))
TRADES = "code,zh,en\nsmt,电子贴装,SMT\n"


def write(
    folder: Path, tree: str = TREE, skills: str = SKILLS, trades: str = TRADES, evidence: str = EVIDENCE
) -> Path:
    (folder / "skills").mkdir()
    (folder / "tree.csv").write_text(tree, "utf-8")
    (folder / "trades.csv").write_text(trades, "utf-8")
    (folder / "evidence.csv").write_text(evidence, "utf-8")
    (folder / "skills" / "control.csv").write_text(skills, "utf-8")
    return folder


def test_the_shipped_data_is_large_and_bilingual(taxonomy: Taxonomy) -> None:
    assert len(taxonomy) >= 600
    assert {skill.side for skill in taxonomy} == {Side.OT, Side.IT}
    assert all(skill.zh and skill.en for skill in taxonomy)
    assert len({skill.family for skill in taxonomy}) >= 20
    for node in taxonomy.nodes.values():
        assert node.parent is None or any(skill.group == node.code for skill in taxonomy), node


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("PLC", "plc-programming"),
        ("ｐｌｃ", "plc-programming"),
        ("可编程逻辑控制器", "plc-programming"),
        ("西门子S7", "siemens-s7"),
        ("opc-ua", "opc-ua"),
        ("OPC  ua", "opc-ua"),
        ("PLC编程", "plc-programming"),
        ("Plc-Programming", "plc-programming"),
        ("六西格玛", "six-sigma"),
        ("振动", "vibration-analysis"),
    ],
)
def test_a_skill_is_found_by_any_of_its_names(taxonomy: Taxonomy, text: str, code: str) -> None:
    found = taxonomy.find(text)
    assert found is not None
    assert found.code == code


def test_what_is_unknown_is_said_to_be(taxonomy: Taxonomy) -> None:
    assert taxonomy.find("telegraphy") is None
    assert "telegraphy" not in taxonomy
    with pytest.raises(UnknownSkill):
        taxonomy.skill("telegraphy")


def test_similarity_follows_the_tree(taxonomy: Taxonomy) -> None:
    assert taxonomy.similarity("siemens-s7", "siemens-s7") == 1
    assert taxonomy.similarity("siemens-s7", "mitsubishi-plc") == 0.5
    assert taxonomy.similarity("siemens-s7", "servo-control") == 0.25
    assert taxonomy.similarity("siemens-s7", "python") == 0


def test_the_order_is_the_index(taxonomy: Taxonomy) -> None:
    assert [taxonomy.index_of(skill.code) for skill in taxonomy] == list(range(len(taxonomy)))


def test_trades_have_names(taxonomy: Taxonomy) -> None:
    names = {trade.code: (trade.zh, trade.en) for trade in taxonomy.trades}
    assert names["moulding"] == ("注塑", "Injection moulding")
    assert len(names) == 10


def test_any_change_of_the_data_changes_the_version(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one = read_folder(write(tmp_path / "a"))
    other = read_folder(write(tmp_path / "b", skills=SKILLS.replace("S7", "S8")))
    assert one.version != other.version


ROW = "fx,control.plc,ot,三菱,Mitsubishi,"


@pytest.mark.parametrize(
    ("tree", "skills", "where", "why"),
    [
        (TREE, SKILLS + ROW + "s７", "skills/control.csv:3", "belongs to plc"),
        (TREE, SKILLS + ROW.replace("fx", "plc"), "skills/control.csv:3", "twice"),
        (TREE, SKILLS + ROW + "FX3U|fx3u", "skills/control.csv:3", "twice"),
        (TREE, SKILLS + ROW.replace("control.plc", "control"), "skills/control.csv:3", "no group"),
        (TREE, SKILLS + ROW.replace(",ot,", ",both,"), "skills/control.csv:3", "ot or it"),
        (TREE, SKILLS + ROW.replace("三菱", ""), "skills/control.csv:3", "zh is empty"),
        (TREE, SKILLS + ROW.replace("fx", "FX 3"), "skills/control.csv:3", "a-z"),
        (TREE, SKILLS + ROW + ",,", "skills/control.csv:3", "cells"),
        (TREE, SKILLS.replace("side", "seite"), "skills/control.csv:1", "first line"),
        (TREE + "a.b,a,甲,A\n", SKILLS, "tree.csv:4", "does not exist"),
        (TREE + "a,b,甲,A\nb,a,乙,B\n", SKILLS, "tree.csv:4", "circle"),
        (TREE + "control.plc.s7,control.plc,甲,A\n", SKILLS, "tree.csv:4", "family"),
        (TREE + "control,,甲,A\n", SKILLS, "tree.csv:4", "twice"),
    ],
)
def test_a_mistake_in_the_data_is_named(tmp_path: Path, tree: str, skills: str, where: str, why: str) -> None:
    with pytest.raises(TaxonomyError) as found:
        read_folder(write(tmp_path, tree, skills))
    assert found.value.field == where
    assert why in str(found.value.details["reason"])


OWN = EVIDENCE.replace("control", "control.plc").partition("\n")[2]


@pytest.mark.parametrize(
    ("tree", "evidence", "where", "why"),
    [
        (TREE, EVIDENCE.replace("control,5,证据,Evidence\n", ""), "tree.csv:2", "level 5 of control has no"),
        (TREE + "energy,,能源,Energy\n", EVIDENCE, "tree.csv:4", "level 1 of energy has no"),
        (TREE, EVIDENCE + OWN.replace("plc,3", "plc,4", 1), "evidence.csv:10", "twice"),
        (TREE, EVIDENCE + OWN[: OWN.index("control.plc,4")], "tree.csv:3", "level 4 of control.plc has no"),
        (TREE, EVIDENCE.replace("3,证据,Evidence", "3,证据,"), "evidence.csv:4", "column en is empty"),
        (TREE, EVIDENCE.replace("3,证据,Evidence", "3, ,Evidence"), "evidence.csv:4", "column zh is empty"),
        (TREE, EVIDENCE + "control,6,证据,Evidence\n", "evidence.csv:7", "level must be"),
        (TREE, EVIDENCE + "control,1,证据,Evidence\n", "evidence.csv:7", "twice"),
        (TREE, EVIDENCE + "cooking,1,证据,Evidence\n", "evidence.csv:7", "no family"),
    ],
)
def test_a_mistake_in_the_evidence_is_named(
    tmp_path: Path, tree: str, evidence: str, where: str, why: str
) -> None:
    with pytest.raises(TaxonomyError) as found:
        read_folder(write(tmp_path, tree=tree, evidence=evidence))
    assert found.value.field == where
    assert why in str(found.value.details["reason"])


def test_a_group_may_have_evidence_of_its_own(tmp_path: Path) -> None:
    data = read_folder(write(tmp_path, evidence=EVIDENCE + OWN))
    taxonomy = Taxonomy(data.version, data.nodes, data.skills, data.trades, data.evidence)
    assert {taxonomy.evidence("plc", level).node for level in range(1, 6)} == {"control.plc"}


def test_the_nearest_words_say_what_counts_for_a_level(taxonomy: Taxonomy) -> None:
    assert taxonomy.evidence("siemens-s7", 3).node == "control.plc"
    assert taxonomy.evidence("servo-control", 3).node == "control"
    assert taxonomy.evidence("vue", 5).node == "web"
    with pytest.raises(InvalidLevel):
        taxonomy.evidence("vue", 6)
    with pytest.raises(UnknownSkill):
        taxonomy.evidence("telegraphy", 1)


def test_every_skill_has_evidence_for_every_level_in_both_languages(taxonomy: Taxonomy) -> None:
    for skill in taxonomy:
        found = [taxonomy.evidence(skill.code, level) for level in range(1, 6)]
        assert [one.level for one in found] == [1, 2, 3, 4, 5]
        assert {one.node for one in found} <= {skill.family, skill.group}
        for words in ([one.zh for one in found], [one.en for one in found]):
            assert len(set(words)) == len(words), skill.code


def test_no_words_of_the_evidence_say_it_for_two_nodes(taxonomy: Taxonomy) -> None:
    """Words that fit everything say nothing about one."""
    found = {taxonomy.evidence(skill.code, level) for skill in taxonomy for level in range(1, 6)}
    for words in ([one.zh for one in found], [one.en for one in found]):
        assert len(set(words)) == len(words)


LOCAL = Skill("glaze-firing", "釉烧", "Glaze firing", ("上釉",), Side.OT, "moulding.forming", "moulding")


def test_an_installation_adds_its_own_skills(taxonomy: Taxonomy) -> None:
    longer = taxonomy.extended([LOCAL])
    assert longer.find("上釉") == LOCAL
    assert longer.index_of("glaze-firing") == len(taxonomy)
    assert longer.similarity("glaze-firing", "stamping") == 0.5
    assert longer.version != taxonomy.version
    assert longer.version == taxonomy.extended([LOCAL]).version
    assert taxonomy.find("上釉") is None


@pytest.mark.parametrize(
    ("skill", "why"),
    [
        (replace(LOCAL, code="stamping"), "already"),
        (replace(LOCAL, code="Glaze firing"), "a-z"),
        (replace(LOCAL, aliases=("ＰＬＣ",)), "belongs to plc-programming"),
        (replace(LOCAL, group="moulding.glazing"), "no group"),
        (replace(LOCAL, family="welding"), "no group"),
        (replace(LOCAL, zh=" "), "empty"),
    ],
)
def test_a_mistake_in_a_local_skill_is_named(taxonomy: Taxonomy, skill: Skill, why: str) -> None:
    with pytest.raises(TaxonomyError) as found:
        taxonomy.extended([replace(LOCAL, code="first", zh="一", en="One", aliases=()), skill])
    assert found.value.field == "local skills:2"
    assert why in str(found.value.details["reason"])
