"""Whatever a file of annotations holds, it is read or refused in a sentence, in bounded time and memory, whichever format it is.

`MUTATED_FILES` in the environment is how many files are tried, `MUTATED_FILES_SEED` the first seed.
"""

import json
import os
import resource
from pathlib import Path

import pytest

from annotations.agreement import InvalidCorpusError, read_file
from annotations.formats.errors import RefusedError
from annotations.formats.ports import Losses
from annotations.formats.registry import WRITTEN
from annotations.formats.sources import read_annotated
from tests.unit.formats.mutating import damage_file, pack
from tests.unit.formats.readable import READABLE, make_sheets
from tests.unit.formats.test_aif_reader import XAIF
from tests.unit.formats.test_potato import make_project, make_span, make_state
from tests.unit.formats.test_round_trips import BOTH, submitted
from tests.unit.formats.test_tei_reader import make_tei
from tests.unit.formats.test_webanno_tsv import WHOLE as WEBANNO_TSV

NUMBER = int(os.environ.get("MUTATED_FILES", "400"))
SEED = int(os.environ.get("MUTATED_FILES_SEED", "1"))
MAX_SECONDS, MAX_MEGABYTES = 60, 512
BODY = '<p xml:id="p1"><w xml:id="w1">Kyiv</w>\n <w xml:id="w2">agreed</w>, <persName>Ann Novak</persName> <seg type="Act">says</seg>.</p>'
BESIDE = (
    '<spanGrp type="Act" resp="#ed"><span xml:id="s1" from="#w1" to="#w2"/><span xml:id="s2" target="#string-range(p1,0,4)" '
    'ana="#f1"/></spanGrp><fs xml:id="f1"><f name="kind"><string>city</string></f></fs><linkGrp><link target="#s1 #s2"/></linkGrp>'
    '<listAnnotation><annotation target="#p1"><note>well</note></annotation></listAnnotation>'
)


def list_whole() -> dict[str, bytes]:
    """A file of each format: what we write, and what the readers of others' formats are tested with."""
    lines = [record.to_line() for record in submitted()]
    whole = {
        f"x.{known.extension}": b"".join(known.write_lines(lines, losses=Losses()))
        for known in WRITTEN
        if known in BOTH
    }
    for name in ("plain", "rows", "argilla", "web-annotation", "label_studio", "prodigy", "doccano"):
        write = READABLE[name].values
        assert write
        whole[f"{name}.json"] = json.dumps(write(make_sheets(3))).encode()
    state = make_state("ann", make_span("a", 0, 4, "City"))
    whole["potato.zip"] = pack({name: text.encode() for name, text in make_project(ann=state).items()})
    whole["webanno.tsv"] = WEBANNO_TSV.encode()
    whole["letter.xml"] = make_tei(BODY, BESIDE).encode()
    whole["xaif.json"] = json.dumps(XAIF).encode()
    return whole


WHOLE = list_whole()


def read(path: Path) -> int:
    """How many documents are read, each of whose spans is one of its text or refused where agreement is measured."""
    number = 0
    try:
        for part in read_annotated(path):
            number += sum(1 for _ in part.documents)
        read_file(path)
    except (RefusedError, InvalidCorpusError) as error:
        refusal = str(error)
    else:
        refusal = "none"
    assert refusal.strip()
    assert "Traceback" not in refusal
    return number


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_is_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(WHOLE[name])
    assert read(path) > 0


@pytest.mark.timeout(36_000)
@pytest.mark.parametrize("name", WHOLE)
def test_a_damaged_file_is_read_or_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for seed in range(SEED, SEED + max(NUMBER // len(WHOLE), 1)):
        path.write_bytes(damage_file(name, WHOLE[name], seed))
        before = os.times()
        try:
            read(path)
        except BaseException as error:
            error.add_note(f"damage_file({name!r}, WHOLE[{name!r}], {seed})")
            raise
        assert os.times().user - before.user < MAX_SECONDS
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - highest) / 1024 < MAX_MEGABYTES
