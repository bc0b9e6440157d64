"""How much to do at a time, learned from how long it took."""


class Pace:
    """A number of items whose work takes about `aim` seconds, from `first` on, never above `most`."""

    def __init__(self, aim: float, first: int, most: int) -> None:
        self.size = first
        self._aim = aim
        self._most = most

    def learn(self, items: int, seconds: float) -> None:
        """Note how long so many items took; the size at most halves or doubles, so one hiccup does little."""
        fitting = int(items * self._aim / max(seconds, 1e-6))
        largest = self.size * 2 if items == self.size else self.size
        self.size = max(1, self.size // 2, min(fitting, largest, self._most))
