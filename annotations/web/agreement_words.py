"""What each figure of agreement means, in a reader's words, and what to compare it with."""

from dataclasses import dataclass

from annotations.agreement import Report
from annotations.agreement.evaluation import MERGED
from annotations.reliability.matrices import CUT, DROPPED


@dataclass(frozen=True, slots=True)
class Words:
    """`question` is what the figure answers, `reading` what its value says, `usual` what other projects reached.

    `next_step` says what to look at next, in the section of the page called `section`.
    """

    question: str
    reading: str
    usual: str = ""
    next_step: str = ""
    section: str = ""


WORDS = {
    "f1_strict": Words(
        "Do they mark the same spans?",
        "Of the spans that two people marked, the share with the very same borders and label in both. "
        "A model cannot be expected to score higher against one person than another person does.",
        "Clause-long spans seldom pass 0.6 at the first try; names reach 0.9.",
        next_step="is it one label that pulls it down?",
        section="labels",
    ),
    "f1_exact": Words(
        "Do they mark the same borders, whatever the label?",
        "As the strict figure, but a span counts whatever label it got. The difference between the two is "
        "disagreement on labels alone.",
    ),
    "f1_partial": Words(
        "Do they mark the same places, more or less?",
        "A span with the same label that only overlaps counts for half. Far above the strict figure, it says that "
        "people find the same things and cut them differently.",
        next_step="the passages where one label has different borders",
        section="confusion",
    ),
    "f1_type": Words(
        "Do they see the same things?",
        "A span counts where it overlaps one with the same label. What is missing here was overlooked or "
        "understood differently, not just cut differently.",
        next_step="the articles with the lowest figure",
        section="documents",
    ),
    "percent_agreement": Words(
        "How often do they say the same of a character?",
        "The plain share, which is high wherever most of a text is unmarked. Never quote it alone.",
    ),
    "cohen_kappa": Words(
        "Beyond chance, do two people label the same text alike?",
        "Over characters, for each pair, averaged. It does not see where one span ends and the next begins.",
    ),
    "fleiss_kappa": Words(
        "Beyond chance, do all of them label the same text alike?",
        "Over characters, for documents that the same number of people completed.",
        "Good annotators of six argument units in editorials reach 0.56.",
    ),
    "alpha_nominal": Words(
        "Beyond chance, do they label the same text alike?",
        "Krippendorff's alpha over characters: 1 is perfect, 0 is what chance gives. It takes any number of people "
        "and copes with missing ones.",
        "Argument units in editorials: about 0.56. For conclusions that rest on the labels, 0.67 is a common floor.",
        next_step="is it one person?",
        section="pairs",
    ),
    "u_alpha": Words(
        "Beyond chance, do they cut the text alike and label it alike?",
        "Krippendorff's alpha for units, whose borders people choose themselves.",
    ),
    "u_alpha_binary": Words(
        "Beyond chance, do they find the same stretches?",
        "Where only: all labels count as one. Read it beside the figure for which label.",
        next_step="what one marked and another left out",
        section="confusion",
    ),
    "cu_alpha": Words(
        "Where both marked something, do they choose the same label?",
        "Which only: it looks at the stretches that both marked, so see how much of the text that is.",
        next_step="which labels are taken for each other",
        section="confusion",
    ),
    "gamma": Words(
        "Where and which together, with nested and overlapping spans",
        "Finds the best way to pair up all spans and compares its disorder with that of chance (Mathet and others, "
        "2015). 1 is perfect, 0 is chance, below 0 is worse.",
        "Figures between 0.4 and 0.7 are common for long spans.",
        next_step="the articles with the lowest figure",
        section="documents",
    ),
    "gamma_cat": Words(
        "In gamma's best pairing, do the labels agree?",
        "Labels only, on the spans that were paired up.",
        next_step="which labels are taken for each other",
        section="confusion",
    ),
}
UNKNOWN = Words("", "")


def explain(metric: str) -> Words:
    return WORDS.get(metric, UNKNOWN)


LEFT_OUT = {
    DROPPED: ("1 span lies", "{} spans lie", "in blocks that do not count, which no figure sees"),
    CUT: ("1 span reaches", "{} spans reach", "into blocks that do not count, whose part no figure sees"),
    MERGED: (
        "1 span overlaps",
        "{} spans overlap",
        "another one of the same label and annotator: figures over characters count that text once",
    ),
}


def describe_left_out(report: Report) -> list[str]:
    """What the figures do not see of the spans, a sentence a reason."""
    sentences = []
    for reason, number in report.left_out.items():
        one, several, what = LEFT_OUT.get(reason, ("Left out: 1", "Left out: {}", reason))
        sentences.append(f"{one if number == 1 else several.format(number)} {what}.")
    return sentences
