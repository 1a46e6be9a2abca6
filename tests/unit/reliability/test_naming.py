"""Names of people take the place of their numbers, whatever they are."""

from annotations.agreement import evaluate, read_plain
from annotations.agreement.report import split_pair
from annotations.reliability.matrices import write_id
from annotations.reliability.report_json import present
from tests.unit.agreement.corpora import span


def test_pairs_keep_their_figures_when_people_have_bars_in_their_names() -> None:
    people = {1: "Ada|Ben", 2: "Cy", 3: "Ada", 4: "Ben|Cy"}
    readings = {
        write_id(1): [span(0, 9)],
        write_id(2): [span(0, 9)],
        write_id(3): [],
        write_id(4): [span(2, 9)],
    }
    plain = {"documents": [{"id": write_id(7), "length": 9, "annotators": readings}]}
    found = present(evaluate(read_plain(plain), metrics=["f1_strict"], by=["pair"]), people)
    values = {tuple(split_pair(pair)): part.value for pair, part in found["f1_strict"].by_pair.items()}
    assert len(values) == 6
    assert (values["Ada|Ben", "Cy"], values["Ada", "Ben|Cy"]) == (1, 0)
