"""One letter means one answer, for every label that has it."""

from annotations.schemes.definition import load_scheme, load_shipped, read_definition
from annotations.schemes.keys import list_shared, share_keys

SCHEME = load_shipped("argument-v1")


def test_an_answer_keeps_the_key_that_it_has_at_the_first_label() -> None:
    keys = share_keys(SCHEME)
    assert (
        keys["Claim", "holder"] == keys["Stance", "holder"] == keys["Concession", "holder"] == ("z", "x", "c")
    )
    assert list_shared(keys) == {"z", "x", "c"}


def test_attributes_of_one_name_with_other_answers_keep_their_own_keys() -> None:
    keys = share_keys(SCHEME)
    assert keys["Concession", "kind"] == ("f", "g")
    assert keys["Source", "kind"] == ("6", "7", "8", "9")


def test_a_label_that_uses_the_key_otherwise_keeps_its_own() -> None:
    definition = read_definition("argument-v1").replace('keys = "QWER"', 'keys = "xWER"')
    keys = share_keys(load_scheme(definition))
    assert keys["Stance", "polarity"] == ("x", "W", "E", "R")
    assert keys["Stance", "holder"] == ("z", "X", "c")
    assert keys["Concession", "holder"] == ("z", "x", "c")


def test_no_label_has_a_key_twice() -> None:
    for label in SCHEME.labels:
        own = [
            key for attribute in label.attributes for key in share_keys(SCHEME)[label.name, attribute.name]
        ]
        assert len(own) == len(set(own))
