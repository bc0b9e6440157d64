"""`jiebang allocate FILE`: a term's projects by a policy, and what each policy costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from domain.matching import Allocation, AllocationPolicy, Audit, allocate, audit
from jiebang.offline.allocation_file import STABLE, Term, read_term
from jiebang.offline.allocation_results import loads_table, pairs_table, policy_name, prices_table
from jiebang.offline.terminal import progress_bar, told_mistakes
from producers.tables.layout import Language
from producers.tables.writing import Cell, WrittenTable, check_output, write_tables

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """The policy to allocate by, if any, and whether to compare all of them."""

    policy: AllocationPolicy | None
    compare: bool


def allocate_file(path: Path, asked: Asked, places: int, output: Path | None, language: Language) -> None:
    """Allocate, audit, and print or write the result. Ends with 1 where the file has mistakes."""
    stdout, stderr = Console(), Console(stderr=True)
    with told_mistakes(output or path, stderr):
        if output is not None:
            check_output(output)
    with told_mistakes(path, stderr):
        term = read_term(path, asked.policy, places)
    policies = _policies(term, asked)
    allocations, audits = _audited(term, policies, stderr)
    prices = prices_table(term, audits, language)
    chosen = None if asked.policy is None else allocations[asked.policy]
    tables = (
        [] if chosen is None else [pairs_table(term, chosen, language), loads_table(term, chosen, language)]
    )
    if output is not None:
        with told_mistakes(output, stderr):
            write_tables(output, [*tables, prices])
        stderr.print(f"已写入 {output}。 Written to {output}.", markup=False)
    elif tables:
        _print(stdout, tables[0], language)
    if asked.compare:
        _print_prices(stdout, prices)
        _print_left_out(stderr, audits)
    if asked.policy is not None:
        _print_summary(stderr, asked.policy, audits[asked.policy], term, language)


def _policies(term: Term, asked: Asked) -> list[AllocationPolicy]:
    ranked = all(lecturer.preferences is not None for lecturer in term.instance.lecturers)
    possible = [policy for policy in AllocationPolicy if ranked or policy not in STABLE]
    return possible if asked.compare or asked.policy is None else [asked.policy]


def _audited(
    term: Term, policies: list[AllocationPolicy], stderr: Console
) -> tuple[dict[AllocationPolicy, Allocation], dict[AllocationPolicy, Audit]]:
    allocations, audits = {}, {}
    with progress_bar(stderr) as progress:
        task = progress.add_task("", total=2 * len(policies))
        for policy in policies:
            progress.update(task, description=f"分配 {policy.value}")
            allocations[policy] = allocate(term.instance, policy)
            progress.update(task, advance=1, description=f"核对 {policy.value}")
            audits[policy] = audit(term.instance, allocations[policy])
            progress.advance(task)
    return allocations, audits


def _print(stdout: Console, found: WrittenTable, language: Language) -> None:
    shown = Table(*map(escape, found.header), title=found.name, title_justify="left")
    for row in found.rows[:MOST_SHOWN]:
        shown.add_row(*map(_text, row))
    if len(found.rows) > MOST_SHOWN:
        more = len(found.rows) - MOST_SHOWN
        zh = f"还有 {more} 行，用 --output 写成文件。"
        shown.caption = zh if language == "zh" else f"{more} more rows; use --output."
    stdout.print(shown)


def _print_left_out(stderr: Console, audits: Mapping[AllocationPolicy, Audit]) -> None:
    names = ", ".join(policy.value for policy in AllocationPolicy if policy not in audits)
    if names:
        stderr.print(f"导师没有排序，没有比较：{names}。", markup=False)
        stderr.print(f"Not compared, as lecturers have no preferences: {names}.", markup=False)


def _print_prices(stdout: Console, prices: WrittenTable) -> None:
    """A column for each policy, so that it fits a terminal."""
    shown = Table(title=prices.name, title_justify="left", box=SIMPLE_HEAD)
    shown.add_column(prices.header[0])
    for policy, *_ in prices.rows:
        name = _text(policy).partition("（")[0]
        shown.add_column(name.replace("_", "_\n"), justify="right", overflow="fold")
    for place, name in enumerate(prices.header[1:], 1):
        shown.add_row(name, *(_text(row[place]) for row in prices.rows))
    stdout.print(shown)


def _text(cell: Cell) -> str:
    return "–" if cell is None else escape(str(cell))


def _print_summary(
    stderr: Console, policy: AllocationPolicy, found: Audit, term: Term, language: Language
) -> None:
    students, first = len(term.instance.students), found.profile[0] if found.profile else 0
    name = policy_name(policy, language)
    zh = f"{name}：{students} 人中 {found.size} 人有项目，{first} 人得到第一志愿。"
    en = f"{name}: {found.size} of {students} placed, {first} with their first choice."
    stderr.print(zh if language == "zh" else en, markup=False)
