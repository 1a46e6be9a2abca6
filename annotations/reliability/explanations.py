"""What each figure of agreement means, in a reader's words, and what to compare it with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """`question` is what the figure answers, `reading` what its value says, `usual` what other projects reached, or that
    we have checked no published value.

    `next_step` says what to look at next, in the section of the page called `section`.
    """

    question: str
    reading: str
    usual: str = ""
    next_step: str = ""
    section: str = ""


UNCHECKED = "We have checked no published value of it for a task like this."
EDITORIALS = (
    "Fleiss' kappa of the types of given argument units in editorials, by three annotators: 0.56 (Al-Khatib and others, "
    "2016). Here people also had to find the units."
)

WORDS = {
    "percent_agreement": Words(
        "How often do they say the same of a character?",
        "The plain share, which is high wherever most of a text is unmarked. Never quote it alone.",
        "It depends on how much of a text is marked, so values of other projects say nothing.",
    ),
    "cohen_kappa": Words(
        "Beyond chance, do two people label the same text alike?",
        "Over characters, all pairs pooled: each counts by the text that the two share, and chance is that two different people "
        "say the same by the habits of each. It does not see where one span ends and the next of the same label begins.",
        EDITORIALS,
        next_step="is it one person?",
        section="pairs",
    ),
    "weighted_kappa_linear": Words(
        "Beyond chance, do two people give answers near each other?",
        "As Cohen's kappa, but answers that differ count by how far apart they are. For answers with an order, such as ratings.",
        UNCHECKED,
        next_step="is it one person?",
        section="pairs",
    ),
    "weighted_kappa_quadratic": Words(
        "Beyond chance, do two people give answers near each other?",
        "As Cohen's kappa, but answers that differ count by the square of how far apart they are, so that near ones hardly "
        "count. For answers with an order, such as ratings.",
        UNCHECKED,
        next_step="is it one person?",
        section="pairs",
    ),
    "weighted_kappa_custom": Words(
        "Beyond chance, do two people label the same text alike, where some labels are nearly the same?",
        "As Cohen's kappa, but labels that differ count by how far apart the table that was given says they are.",
        UNCHECKED,
        next_step="is it one person?",
        section="pairs",
    ),
    "alpha_custom": Words(
        "Beyond chance, do they label the same text alike, where some labels are nearly the same?",
        "As nominal alpha, but labels that differ count by how far apart the table that was given says they are.",
        UNCHECKED,
        next_step="is it one person?",
        section="pairs",
    ),
    "gwet_ac2_custom": Words(
        "Beyond chance, do they label the same text alike, where some labels are nearly the same?",
        "As Gwet's AC1, but labels that differ count by how far apart the table that was given says they are.",
        UNCHECKED,
        next_step="is it one person?",
        section="pairs",
    ),
    "scott_pi": Words(
        "Beyond chance, do two people label the same text alike?",
        "As Cohen's kappa, but chance is taken from what all of them use together.",
        EDITORIALS,
        next_step="is it one person?",
        section="pairs",
    ),
    "fleiss_kappa": Words(
        "Beyond chance, do all of them label the same text alike?",
        "Over characters of articles that two or more completed. Where their number varies, characters weigh alike in what "
        "is observed and judgements in what chance gives.",
        EDITORIALS,
        next_step="is it one person?",
        section="pairs",
    ),
    "alpha_nominal": Words(
        "Beyond chance, do they label the same text alike?",
        "Krippendorff's alpha over characters: 1 is perfect, 0 is what chance gives. It takes any number of people and copes "
        "with missing ones. It does not see where one span ends and the next of the same label begins.",
        EDITORIALS + " Krippendorff asks 0.8 of alpha, and 0.667 for tentative conclusions.",
        next_step="is it one person?",
        section="pairs",
    ),
    "alpha_ordinal": Words(
        "Beyond chance, do they give answers near each other?",
        "For answers with an order, such as ratings; labels of spans have none, so it is undefined for them.",
        UNCHECKED,
    ),
    "alpha_interval": Words(
        "Beyond chance, do they give numbers near each other?",
        "For answers that are numbers; labels of spans are none, so it is undefined for them.",
        UNCHECKED,
    ),
    "alpha_ratio": Words(
        "Beyond chance, do they give amounts near each other?",
        "For answers that are amounts from 0 upwards: a difference counts by the share that it is of the two.",
        UNCHECKED,
    ),
    "gwet_ac1": Words(
        "Beyond chance, do they label the same text alike, however much of it is unmarked?",
        "As alpha, but chance grows where all labels are used alike, and shrinks where nearly everything has one value or is "
        "unmarked; so it is high where kappa and alpha are low on rare labels. Read it beside them.",
        UNCHECKED,
        next_step="is it one person?",
        section="pairs",
    ),
    "gwet_ac2_linear": Words(
        "Beyond chance, do they give answers near each other, however rare some are?",
        "As Gwet's AC1, but answers that differ count by how far apart they are. For answers with an order, such as ratings.",
        UNCHECKED,
    ),
    "gwet_ac2_quadratic": Words(
        "Beyond chance, do they give answers near each other, however rare some are?",
        "As Gwet's AC1, but answers that differ count by the square of how far apart they are. For answers with an order.",
        UNCHECKED,
    ),
    "f1_strict": Words(
        "Do they mark the same spans?",
        "Of the spans that two people marked, the share with the very same borders and label in both. "
        "A model cannot be expected to score higher against one person than another person does.",
        "Two experts marked 93 % of the chemicals in case reports alike (PharmaCoNER), which are short names.",
        next_step="is it one label that pulls it down?",
        section="labels",
    ),
    "f1_exact": Words(
        "Do they mark the same borders, whatever the label?",
        "As the strict figure, but a span counts whatever label it got. The difference between the two is "
        "disagreement on labels alone.",
        "Participants of biological events: 0.75 to 0.77 (Thompson and others, 2009).",
    ),
    "f1_partial": Words(
        "Do they mark the same places, more or less?",
        "A span counts in full where the other marked the same borders and for half where the two only overlap, whatever "
        "the labels. Far above the strict figure, it says that people find the same places and cut or name them differently.",
        "Counted in full for any overlap, participants of biological events reach 0.90 (Thompson and others, 2009).",
        next_step="where one marked more than the other",
        section="confusion",
    ),
    "f1_type": Words(
        "Do they see the same things?",
        "A span counts where it overlaps one with the same label. What is missing here was overlooked or "
        "understood differently, not just cut differently.",
        UNCHECKED,
        next_step="the articles with the lowest figure",
        section="documents",
    ),
    "dice": Words(
        "How much of the labelled text do two people share?",
        "Of the characters that the two labelled, the share that both gave the same label; chance is not taken out.",
        UNCHECKED,
    ),
    "iou": Words(
        "How much of the text that either labelled did both label?",
        "Characters with the same label in both, of those with a label in either; never higher than Dice, and it orders "
        "projects the same way.",
        UNCHECKED,
    ),
    "alpha_u": Words(
        "Beyond chance, do they cut out the same units, label by label?",
        "Krippendorff's alpha for units of 1995: borders that differ count by their squared distance, and what "
        "only one marked by its squared length, so that large differences weigh most.",
        UNCHECKED,
    ),
    "u_alpha": Words(
        "Beyond chance, do they cut the text alike and label it alike?",
        "Krippendorff's alpha of 2016 for units whose borders people choose themselves, as amounts of text: a unit is "
        "never compared with itself.",
        UNCHECKED,
    ),
    "u_alpha_binary": Words(
        "Beyond chance, do they find the same stretches?",
        "Where only: all labels count as one. Read it beside the figure for which label.",
        UNCHECKED,
        next_step="what one marked and another left out",
        section="confusion",
    ),
    "cu_alpha": Words(
        "Where both marked something, do they choose the same label?",
        "Which only, beyond chance: it looks at nothing but the stretches that both marked.",
        UNCHECKED,
        next_step="which labels are taken for each other",
        section="confusion",
    ),
    "ku_alpha": Words(
        "Where both marked something, is one label told from the others?",
        "Label by label, beyond chance, of the stretches that both marked; over all labels it is the figure for which label.",
        UNCHECKED,
        next_step="which labels are taken for each other",
        section="confusion",
    ),
    "boundary_similarity": Words(
        "Are the borders of the spans the same, or nearly?",
        "Starts and ends of spans, whatever the labels; a border that is one position off counts for half. Chance is not "
        "taken out.",
        UNCHECKED,
    ),
    "relation_f1": Words(
        "Do they draw the same relations?",
        "A relation is the same where it has the same type and direction between spans that were paired up. One whose "
        "ends the other did not find counts as missed. Chance is not taken out.",
        UNCHECKED,
    ),
    "relation_alpha": Words(
        "Beyond chance, do they relate the same spans in the same way?",
        "Over all ordered pairs of spans that were paired up: which type of relation joins them, or none.",
        UNCHECKED,
    ),
    "attribute_alpha": Words(
        "Of the same span, do they give the same attributes?",
        "Beyond chance, on paired spans of one label for which both answered; every attribute weighs by its answers.",
        UNCHECKED,
    ),
    "gamma": Words(
        "Where and which together, with nested and overlapping spans",
        "Finds the best way to pair up all spans and compares its disorder with that of random annotations (Mathet and "
        "others, 2015). 1 is perfect, 0 is chance, below 0 is worse.",
        UNCHECKED,
        next_step="the articles with the lowest figure",
        section="documents",
    ),
    "gamma_cat": Words(
        "In gamma's best pairing, do the labels agree?",
        "Labels only, on the spans that were paired up, the nearer the more: spans that nobody else marked do not count. "
        "Chance deals the labels of these spans anew, over all articles.",
        UNCHECKED,
        next_step="which labels are taken for each other",
        section="confusion",
    ),
    "gamma_k": Words(
        "In gamma's best pairing, is one label told from the others?",
        "As gamma-cat, of the pairs in which a span has the label.",
        UNCHECKED,
        next_step="which labels are taken for each other",
        section="confusion",
    ),
}
UNKNOWN = Words("", "")


def explain(metric: str) -> Words:
    return WORDS.get(metric, UNKNOWN)
