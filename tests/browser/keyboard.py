"""Walking pages with the keyboard alone, and what every stop on the way has to be."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page

MOST_STOPS = 150
STOP = """async (mark) => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  // a radio that is drawn by its label shows the focus there
  const drawn = [at, at.nextElementSibling, at.closest('label'), at.parentElement].filter(Boolean);
  const shows = (el) => {
    const style = getComputedStyle(el);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  };
  const isUncovered = () => {
    const box = at.getBoundingClientRect();
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 12));
    return Boolean(hit) && (at.contains(hit) || hit.contains(at) || drawn.some((el) => el.contains(hit)));
  };
  // the browser brings what has the focus into view with one of the next frames
  for (let frame = 0; frame < 60 && !isUncovered(); frame++) await new Promise(requestAnimationFrame);
  // a field for a day has several stops of its own
  const met = at.dataset.met === mark && window.lastStop !== at;
  at.dataset.met = mark;
  window.lastStop = at;
  return {
    name: at.getAttribute('aria-label') || at.textContent.trim().slice(0, 40) || at.name || at.tagName,
    shown: at.checkVisibility({ visibilityProperty: true }) && at.getClientRects().length > 0,
    marked: drawn.some(shows),
    uncovered: isUncovered(),
    ordered: at.tabIndex === 0,
    met,
  };
}"""


@dataclass(slots=True)
class Keyboard:
    """Hands that never touch a mouse; `stops` counts how often Tab was pressed."""

    page: Page
    stops: int = 0
    wrong: list[str] = field(default_factory=list)

    def tab_to(self, goal: Locator) -> int:
        """Press Tab until the goal has the focus; how often that was.

        Notes in `wrong` each stop that is not seen, shows no focus, lies under something or is out of order.
        Raises AssertionError for a goal that is never reached: the focus is caught, or goes round without it.
        """
        mark, passed = f"{self.stops}", list[str]()
        for stop in range(1, MOST_STOPS):
            self.page.keyboard.press("Tab")
            self.stops += 1
            found = self.page.evaluate(STOP, mark)
            if found is None:
                continue
            self._judge(found)
            passed.append(found["name"])
            if goal.evaluate("(goal) => goal === document.activeElement"):
                return stop
            assert not found["met"], f"round without the goal: {passed}"
        raise AssertionError(f"not reached: {passed}")

    def press(self, goal: Locator, key: str = "Enter") -> None:
        """Go there and press a key."""
        self.tab_to(goal)
        self.page.keyboard.press(key)

    def type(self, goal: Locator, text: str) -> None:
        """Go there and type."""
        self.tab_to(goal)
        self.page.keyboard.type(text)

    def _judge(self, found: dict[str, Any]) -> None:
        for quality in ("shown", "marked", "uncovered", "ordered"):
            if not found[quality]:
                self.wrong.append(f"{self.page.url}: {found['name']!r} is not {quality}")
