"""Which key answers which question of a span: the same letter for the same answer, whatever the label."""

from collections.abc import Iterator, Mapping

from annotations.schemes.scheme import Scheme

AnswerKeys = Mapping[tuple[str, str], tuple[str, ...]]
"""By label and attribute, the keys of the answers that its main control lists, in their order."""


def share_keys(scheme: Scheme) -> AnswerKeys:
    """The keys of all attributes; an answer that an earlier label has too keeps the key that it has there.

    A key is shared by attribute and answer, as “named” of “holder”, and only where the later label has no other use for it.
    """
    first: dict[tuple[str, str], str] = {}
    shared: dict[tuple[str, str], tuple[str, ...]] = {}
    for label in scheme.labels:
        taken: set[str] = set()
        for attribute in label.attributes:
            answers = [
                value.name
                for value in attribute.kind.list_controls(title="", description="", is_of_span=True)[0].values
            ]
            others = {key for each in label.attributes if each is not attribute for key in each.keys}
            keys = []
            for answer, own in zip(answers, attribute.keys, strict=False):
                known = first.get((attribute.name, answer), own)
                keys.append(own if known in others | taken else known)
                first.setdefault((attribute.name, answer), keys[-1])
            keys = keys if len(set(keys)) == len(keys) else list(attribute.keys)
            taken |= set(keys)
            shared[label.name, attribute.name] = tuple(keys)
    return shared


def list_shared(keys: AnswerKeys) -> set[str]:
    """The keys that answer questions of more than one label, so that what they do depends on the selected span."""
    labels: dict[str, set[str]] = {}
    for label, key in _list_all(keys):
        labels.setdefault(key, set()).add(label)
    return {key for key, owners in labels.items() if len(owners) > 1}


def _list_all(keys: AnswerKeys) -> Iterator[tuple[str, str]]:
    for (label, _), each in keys.items():
        for key in each:
            yield label, key
