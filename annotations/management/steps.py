"""Steps of a long setup, each shown with its progress and how long it took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console


class Steps:
    """Prints one line a step: at once on a pipe, with a spinner while it lasts on a terminal."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._started_at = time.monotonic()

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        started_at = time.monotonic()
        if self.console.is_terminal:
            with self.console.status(title):
                yield
        else:
            yield
        self.tell(title, since=started_at)

    def tell(self, title: str, *, since: float) -> None:
        self.console.print(
            f"  [green]✓[/] {title} [dim]({time.monotonic() - since:.1f} s)[/]", highlight=False
        )

    def note(self, message: str) -> None:
        self.console.print(f"  [dim]· {message}[/]", highlight=False)

    def warn(self, message: str) -> None:
        self.console.print(f"  [red]![/] {message}", highlight=False)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started_at
