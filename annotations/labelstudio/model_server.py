"""A model behind HTTP that speaks the protocol of Label Studio's ML backends: tasks and the labeling config go there, results come back.

Only addresses that the installation names are ever asked, redirects are not followed, and no more of an answer is read
than one may have.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from annotations.formats.errors import shorten
from annotations.limits import MAX_MODEL_ANSWER_BYTES
from annotations.strict_json import Rules, StrictJsonError, read_strict

TRIES = 4
FIRST_PAUSE_SECONDS = 0.5
CONNECT_SECONDS = 5.0
PASSING_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


class ModelServerError(Exception):
    """A model server did not answer, or what it answered is no prediction of the tasks that it was given."""


@dataclass(frozen=True, slots=True)
class ModelTask:
    """An article as a model server is given it, by the number of the article."""

    article: int
    text: str
    title: str


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What a model said of one task: the result in Label Studio's form, and the version of the model, if it says so."""

    result: Any
    version: str


def ask_model(
    url: str,
    tasks: Sequence[ModelTask],
    label_config: str,
    *,
    timeout: float,
    pause: float = FIRST_PAUSE_SECONDS,
) -> list[ModelAnswer]:
    """Ask a model server about some tasks; what may pass is tried again with growing pauses, and answers come in the tasks' order."""
    body = {
        "tasks": [{"id": task.article, "data": {"text": task.text, "title": task.title}} for task in tasks],
        "label_config": label_config,
        "params": {},
    }
    fault = ""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(pause * 2 ** (attempt - 1))
        try:
            return _read_answer(_post(f"{url.rstrip('/')}/predict", body, timeout), len(tasks))
        except httpx.HTTPError as error:
            fault = f"it does not answer ({type(error).__name__})"
        except _PassingStatusError as error:
            fault = f"it answered with status {error}"
    raise ModelServerError(f"{fault}, {TRIES} times")


class _PassingStatusError(Exception):
    """A status after which the same question may be answered later."""


def _post(url: str, body: Any, timeout: float) -> bytes:
    waits = httpx.Timeout(timeout, connect=CONNECT_SECONDS)
    with (
        httpx.Client(timeout=waits, trust_env=False, follow_redirects=False) as client,
        client.stream("POST", url, json=body) as answer,
    ):
        if answer.status_code in PASSING_STATUSES:
            raise _PassingStatusError(answer.status_code)
        if answer.status_code != httpx.codes.OK:
            raise ModelServerError(f"it answered with status {answer.status_code}")
        content = bytearray()
        for part in answer.iter_bytes():
            content += part
            if len(content) > MAX_MODEL_ANSWER_BYTES:
                raise ModelServerError(
                    f"its answer has more than the {MAX_MODEL_ANSWER_BYTES:,} bytes that one may have"
                )
        return bytes(content)


def _read_answer(content: bytes, number: int) -> list[ModelAnswer]:
    try:
        answer = read_strict(content, Rules(takes_constants=True))
    except StrictJsonError as error:
        raise ModelServerError(f"its answer is no JSON: {error}") from error
    results = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(results, list) or len(results) != number:
        given = len(results) if isinstance(results, list) else "no list of"
        raise ModelServerError(f"it gave {given} results for {number} tasks")
    general = answer.get("model_version")
    return [_read_result(one, general) for one in results]


def _read_result(one: Any, general: Any) -> ModelAnswer:
    if isinstance(one, list):  # some give a list of predictions a task, of which the first counts
        one = one[0] if one else {"result": []}
    if not isinstance(one, dict) or not isinstance(one.get("result"), list):
        raise ModelServerError(f"a result is no prediction, but {shorten(str(one))}")
    version = one.get("model_version") or general
    return ModelAnswer(one["result"], version if isinstance(version, str) else "")
