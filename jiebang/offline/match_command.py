"""`jiebang match FILE`: the best teams for each challenge of a file, with the reasons."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from domain.matching import Policy, Taxonomy
from jiebang.offline.match_file import read_match_file
from jiebang.offline.match_results import TERMS, Match, Ranked, Report, ranked
from jiebang.offline.terminal import progress_bar, told_mistakes
from producers.tables.layout import Language
from producers.tables.writing import check_output, write_tables


def match_file(path: Path, output: Path | None, top: int, policy: Policy, language: Language) -> None:
    """Rank, and print or write the result. Ends with 1 where the file has mistakes."""
    stdout, stderr = Console(), Console(stderr=True)
    taxonomy = Taxonomy.load()
    with told_mistakes(output or path, stderr):
        if output is not None:
            check_output(output)
    with told_mistakes(path, stderr), progress_bar(stderr) as progress:
        reading = progress.add_task("读文件 Reading", total=None)
        case = read_match_file(path, taxonomy)
        progress.remove_task(reading)
        found = ranked(case, taxonomy, policy, top)
        results = list(progress.track(found, total=len(case.challenges), description="匹配 Matching"))
    report = Report(taxonomy, language)
    if output is None:
        for one in results:
            stdout.print(_table(one, report, language))
        return
    with told_mistakes(output, stderr):
        write_tables(output, report.tables(results))
    matches = sum(len(one.matches) for one in results)
    stderr.print(
        f"{len(results)} 条难题、{matches} 个匹配，写入 {output}。\n"
        f"{matches} matches for {len(results)} challenges in {output}.",
        markup=False,
    )
    for one in results:
        if not one.matches:
            id = one.challenge.need.challenge_id
            stderr.print(f"{id}：没有团队满足必备条件。 No team passes its gates.", markup=False)


_HEADERS = {"zh": ("名次", "团队", "得分", "由来"), "en": ("rank", "team", "score", "why")}


def _table(one: Ranked, report: Report, language: Language) -> Table:
    title = f"{one.challenge.need.challenge_id}  {one.challenge.title}"
    table = Table(*_HEADERS[language], title=escape(title), title_justify="left")
    table.columns[-1].overflow = "fold"
    for match in one.matches:
        why = _why(match, report, language)
        table.add_row(str(match.hit.rank), escape(match.team.name), f"{match.hit.score:.3f}", escape(why))
        table.add_section()
    if not one.matches:
        table.caption = "没有团队满足必备条件。" if language == "zh" else "No team passes its gates."
    return table


def _why(match: Match, report: Report, language: Language) -> str:
    named = zip(TERMS[language], match.points, strict=True)
    lines = [" · ".join(f"{name} {value:.3f}" for name, value in named), report.skills(match.told)]
    if match.told.missing:
        lines.append(("缺少：" if language == "zh" else "Missing: ") + report.missing(match.told))
    return "\n".join(lines)
