"""Steps of a long setup, each shown with its progress and how long it took."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

LOOK_AGAIN_SECONDS = 0.2
TELL_AGAIN_SECONDS = 10.0


class Steps:
    """Prints one line a step: at once on a pipe, with a spinner while it lasts on a terminal."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._started_at = time.monotonic()

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        started_at = time.monotonic()
        with self._spinner(title):
            yield
        self.tell(title, since=started_at)

    def wait(self, title: str, *, is_over: Callable[[], bool], describe: Callable[[], str]) -> None:
        """Show a step that goes on in the background until it is over, with what it does at the moment.

        A terminal shows that at once; elsewhere a line tells of it when it changes, and every ten seconds.
        """
        started_at = told_at = time.monotonic()
        told = ""
        with self._spinner(title) as update:
            while not is_over():
                now, doing = time.monotonic(), describe()
                update(f"{title}: {doing}" if doing else title)
                is_news = doing != told and now - told_at >= (TELL_AGAIN_SECONDS if told else 0)
                if not self.console.is_terminal and doing and is_news:
                    self.note(f"{title}: {doing}")
                    told, told_at = doing, now
                time.sleep(LOOK_AGAIN_SECONDS)
        self.tell(title, since=started_at)

    @contextmanager
    def _spinner(self, title: str) -> Iterator[Callable[[str], None]]:
        if not self.console.is_terminal:
            yield lambda _: None
            return
        with self.console.status(title) as status:
            yield status.update

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
