"""What the gateway adds to a call of the Studio: the same calls directly and through it, interleaved in one run.

Give it an installation that runs (`make quickstart` in another window):

    python -m benchmarks.gateway --email annotator-1@example.org --password PASSWORD
    python -m benchmarks.gateway --link http://127.0.0.1:8000/sign-in/...

It reads only. The goal is at most 15 ms added at the median of each call.
"""

import argparse
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import httpx

from annotations.labelstudio.access import StudioAccess, StudioConnection
from annotations.labelstudio.server import LocalStudio
from workbench.home import HOME, read_settings

GOAL_MS = 15.0
WARM_UP = 5


@dataclass(frozen=True)
class Call:
    name: str
    method: str
    path: str
    params: Mapping[str, str | int]


class Sides:
    """The two ways to the same Studio."""

    def __init__(self, url: str, browser: httpx.Client, access: StudioAccess) -> None:
        self._url = url
        self._browser = browser
        self._service = StudioConnection(access, timeout=60)

    def ask_gateway(self, call: Call) -> httpx.Response:
        headers = {"Origin": self._url} if call.method == "POST" else {}
        body = {} if call.method == "POST" else None
        return self._browser.request(
            call.method, f"/studio/{call.path}", params=call.params, json=body, headers=headers
        )

    def ask_studio(self, call: Call) -> httpx.Response:
        body = {} if call.method == "POST" else None
        return self._service.client.request(
            call.method,
            f"/{call.path}",
            params=call.params,
            json=body,
            headers={"Authorization": f"Bearer {self._service.bearer()}"},
        )


def main() -> int:
    options = read_options()
    with httpx.Client(base_url=options.url, timeout=60, trust_env=False) as browser:
        sign_in(browser, options)
        sides = Sides(options.url, browser, find_access())
        project, task = find_work(browser, options.url)
        calls = [
            Call("a task", "GET", f"api/tasks/{task}", {"project": project}),
            Call("the next task", "POST", "api/dm/actions", {"id": "next_task", "project": project}),
            Call("the project", "GET", f"api/projects/{project}", {}),
            Call("the task list", "GET", "api/tasks", {"project": project, "page": 1, "page_size": 30}),
            Call("a static file", "GET", "static/fonts/roboto/roboto.css", {}),
        ]
        rows = [measure(call, sides, rounds=options.rounds) for call in calls]
    print(f"{'call':16} {'direct':>10} {'gateway':>10} {'added':>8}   at the median of {options.rounds}, ms")
    for name, direct, through in rows:
        print(f"{name:16} {direct:10.1f} {through:10.1f} {through - direct:8.1f}")
    worst = max(through - direct for _, direct, through in rows)
    print(f"\nAt most {worst:.1f} ms added; the goal is {GOAL_MS:.0f} ms.")
    return 0 if worst <= GOAL_MS else 1


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--url", help="Where the workbench is; the link says it, else that of the quickstart."
    )
    parser.add_argument("--email")
    parser.add_argument("--password")
    parser.add_argument("--link", help="A sign-in link that has not been used.")
    parser.add_argument("--rounds", type=int, default=100)
    options = parser.parse_args()
    if not options.url and options.link:
        link = httpx.URL(options.link)
        options.url = f"{link.scheme}://{link.netloc.decode()}"
    options.url = options.url or read_settings().get("PUBLIC_URL") or "http://127.0.0.1:8000"
    return options


def sign_in(browser: httpx.Client, options: argparse.Namespace) -> None:
    path = httpx.URL(options.link).path if options.link else "/sign-in/"
    fields = {} if options.link else {"username": options.email or "", "password": options.password or ""}
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(path).text)
    if token is None:
        sys.exit(f"error: {options.url}{path} has no form to sign in with")
    fields["csrfmiddlewaretoken"] = token[1]
    if not browser.post(path, data=fields, headers={"Origin": options.url}).is_redirect:
        sys.exit("error: the workbench does not accept this sign-in; give --email and --password, or --link")


def find_access() -> StudioAccess:
    studio = LocalStudio(HOME / "label-studio", HOME)
    running = studio.find_running()
    if running is None:
        sys.exit(f"error: no Label Studio runs in {HOME}; start `make quickstart`, or set WORKBENCH_HOME")
    return StudioAccess(running.url, studio.read_token())


def find_work(browser: httpx.Client, url: str) -> tuple[int, int]:
    """The first of the annotator's queues that holds an article."""
    for round_id in re.findall(r"/work/rounds/(\d+)/start/", browser.get("/work/").text):
        target = browser.get(f"/work/rounds/{round_id}/start/").headers.get("Location", "")
        if match := re.search(r"/studio/projects/(\d+)/data", target):
            project = int(match[1])
            answer = browser.post(
                "/studio/api/dm/actions",
                params={"id": "next_task", "project": project},
                json={},
                headers={"Origin": url},
            )
            return project, int(answer.raise_for_status().json()["id"])
    sys.exit("error: nothing waits for this annotator; plan a round first")


def measure(call: Call, sides: Sides, *, rounds: int) -> tuple[str, float, float]:
    """The median of each way in milliseconds; which goes first alternates, so that neither warms the other up."""
    ways: tuple[Callable[[Call], httpx.Response], ...] = (sides.ask_studio, sides.ask_gateway)
    taken: dict[Callable[[Call], httpx.Response], list[float]] = {way: [] for way in ways}
    for number in range(rounds + WARM_UP):
        for way in _in_turn(ways, number):
            started_at = time.perf_counter()
            way(call).raise_for_status()
            if number >= WARM_UP:
                taken[way].append((time.perf_counter() - started_at) * 1000)
    direct, through = (statistics.median(taken[way]) for way in ways)
    return call.name, direct, through


def _in_turn(
    ways: tuple[Callable[[Call], httpx.Response], ...], number: int
) -> Iterator[Callable[[Call], httpx.Response]]:
    return iter(ways if number % 2 else reversed(ways))


if __name__ == "__main__":
    sys.exit(main())
