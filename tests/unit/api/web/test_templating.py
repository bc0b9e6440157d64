"""Rendering: escaping, languages, themes, strictness, and addresses that carry their content's hash."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from api.web.assets import Assets
from api.web.figures import FitPart
from api.web.i18n import Language, Reader, reading
from api.web.templating import TEMPLATE_DIR, environment, render, theme_of

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def _macro(file: str, call: str, language: Language = "en", **values: object) -> str:
    source = "{% from 'components/" + file + "' import " + call.split("(")[0] + " %}{{ " + call + " }}"
    with reading(Reader(language, NOW)):
        return environment().from_string(source).render(values).strip()


def test_every_template_compiles() -> None:
    names = [path.relative_to(TEMPLATE_DIR).as_posix() for path in TEMPLATE_DIR.rglob("*.html")]
    assert "base.html" in names
    for name in names:
        environment().get_template(name)


def test_an_unknown_value_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="shell"):
        render("components.html", {"t": {"title": ""}}, locale="en", theme="auto", now=NOW)


def test_what_people_wrote_is_escaped() -> None:
    out = _macro("icon.html", "tag(text)", text="<script>alert(1)</script>")
    assert "<script>" not in out
    assert "&lt;script&gt;" in out


def test_a_strip_says_in_words_what_it_draws() -> None:
    parts = (FitPart("数控加工", 0.6, 0.9, "self_rated"), FitPart("边缘部署", 0.4, 0, "missing"))
    out = _macro("fit.html", "fit_strip(parts)", "zh", parts=parts)
    assert 'aria-label="数控加工 自评 90%, 边缘部署 缺"' in out
    assert '<title>边缘部署 缺</title><rect class="seg-track" x="60.5%"' in out
    assert 'class="seg-s" x="0.5%" y=".5" width="53.1%" height="11"' in out


@pytest.mark.parametrize(
    ("score", "word"),
    [(0.8, "很合适"), (0.794, "合适"), (0.65, "合适"), (0.5, "补课可接"), (0.49, "差距较大")],
)
def test_the_word_of_a_score_follows_the_shown_points(score: float, word: str) -> None:
    assert _macro("fit.html", "fit_word(score)", "zh", score=score) == word


def test_a_constant_is_said_to_each_reader_in_their_language() -> None:
    template = environment().from_string("{{ 90|span_days }}")
    said = []
    languages: tuple[Language, ...] = ("zh", "en")
    for language in languages:
        with reading(Reader(language, NOW)):
            said.append(template.render())
    assert said == ["90 天", "90 days"]


def test_a_button_that_cannot_be_pressed_says_why() -> None:
    out = _macro("form.html", "button('Judge', id='judge', why_not='After the deadline')")
    assert "disabled" in out
    assert 'aria-describedby="judge-why"' in out
    assert '<p id="judge-why" class="ink3 small mt-1 mb-0">After the deadline</p>' in out


def test_a_field_in_error_points_to_its_sentence() -> None:
    out = _macro("form.html", "field('now', 'Now', error='Give a number', hint='from CMMS')")
    assert 'aria-invalid="true"' in out
    assert 'aria-describedby="now-error now-hint"' in out


def test_a_notice_without_a_stub_stands_alone() -> None:
    out = _macro("notice.html", "notice('焊接', 'J-0381', title, text_lang='zh')", title="焊缝偏移")
    assert 'class="notice solo"' in out
    assert 'class="stub"' not in out
    assert '<h2 class="title" lang="zh">焊缝偏移</h2>' in out


def test_an_unknown_theme_is_the_systems() -> None:
    assert [theme_of(cookie) for cookie in ("dark", "light", "sepia", None)] == [
        "dark",
        "light",
        "auto",
        "auto",
    ]


def test_no_template_has_inline_style_script_or_handler() -> None:
    for path in TEMPLATE_DIR.rglob("*.html"):
        text = path.read_text()
        assert " style=" not in text, path
        assert "<script>" not in text, path
        assert " onclick=" not in text, path
        assert "hx-on" not in text, path


def test_an_address_changes_with_its_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a {}")
    before = Assets(tmp_path).url("a.css")
    version = before.removeprefix("/static/a.css?v=")
    assert Assets(tmp_path).is_current("a.css", version)
    (tmp_path / "a.css").write_text("b {}")
    changed = Assets(tmp_path)
    assert changed.url("a.css") != before
    assert not changed.is_current("a.css", version)
    assert not changed.is_current("a.css", None)
    assert not changed.is_current("missing.css", version)


def test_a_missing_asset_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make assets"):
        Assets(tmp_path).url("vendor/htmx.min.js")
