"""The options of every command line that reports agreement, written once."""

import argparse
from collections.abc import Mapping
from typing import Any

from annotations.agreement.counting import SLICES
from annotations.agreement.data.distances import LabelDistances, read_distances
from annotations.agreement.data.positions import UNITS
from annotations.agreement.errors import InvalidOptionError
from annotations.agreement.gamma.options import CHANCES, SAMPLERS, SOURCES, GammaOptions

GAMMA = GammaOptions()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of metrics, slices, intervals and gamma to a command line."""
    parser.add_argument(
        "--metric", action="append", metavar="NAME", help="May be repeated; all metrics if left out."
    )
    parser.add_argument(
        "--by", type=read_names, default=[], metavar="SLICES", help=f"Of {','.join(SLICES)}, with commas."
    )
    parser.add_argument("--confidence", type=float, default=0.95, help="Of the intervals (default 0.95).")
    parser.add_argument("--samples", type=int, default=1000, help="Bootstrap resamples; 0 for no intervals.")
    parser.add_argument("--seed", type=_read_seed, default=0, help="Of all that is drawn (default 0).")
    parser.add_argument(
        "--unit", default="character", choices=UNITS, help="What a position is (default character)."
    )
    parser.add_argument(
        "--distances",
        type=_read_distances,
        metavar="FILE",
        help="TOML or JSON: how far apart labels are (0 to 1), for the metrics by own distances and for gamma.",
    )
    gamma = parser.add_argument_group("gamma")
    gamma.add_argument("--alpha", type=float, default=GAMMA.alpha, help="Weight of the position (default 1).")
    gamma.add_argument("--beta", type=float, default=GAMMA.beta, help="Weight of the label (default 1).")
    gamma.add_argument(
        "--sampler", default=GAMMA.sampler, choices=SAMPLERS, help="Of the random annotations."
    )
    gamma.add_argument(
        "--gamma-samples",
        type=int,
        default=GAMMA.samples,
        help="Random samples a document (default 30).",
    )
    gamma.add_argument(
        "--precision", type=float, help="Wanted relative error of the expected disorder, such as 0.02."
    )
    gamma.add_argument(
        "--chance",
        default=GAMMA.chance,
        choices=CHANCES,
        help="Whose labels chance deals in gamma_cat and gamma_k (default corpus).",
    )
    gamma.add_argument(
        "--drawn-from",
        default=GAMMA.drawn_from,
        choices=SOURCES,
        help="Whose labels and lengths the random annotations of gamma have (default document, as published).",
    )


def read_names(text: str) -> list[str]:
    """Read names with commas between them, as an option of the command line gives them."""
    return [name.strip() for name in text.split(",") if name.strip()]


def read_gamma(options: Mapping[str, Any]) -> GammaOptions:
    """What gamma depends on, by the names of the command line, checked whether or not gamma is asked for.

    Raises
    ------
    InvalidOptionError

    Examples
    --------
    >>> chosen = {"alpha": 1, "beta": 2, "sampler": "shuffle", "gamma_samples": 9, "precision": None}
    >>> read_gamma({**chosen, "seed": 5, "chance": "corpus", "drawn_from": "document"}).samples
    9
    """
    gamma = GammaOptions(
        alpha=options["alpha"],
        beta=options["beta"],
        sampler=options["sampler"],
        samples=options["gamma_samples"],
        precision=options["precision"],
        seed=options["seed"],
        chance=options["chance"],
        drawn_from=options["drawn_from"],
    )
    gamma.check()
    return gamma


def _read_distances(path: str) -> LabelDistances:
    try:
        return read_distances(path)
    except InvalidOptionError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _read_seed(text: str) -> int:
    seed = int(text)
    if seed < 0:
        raise argparse.ArgumentTypeError(f"a seed is a whole number from 0 upwards, not {text}")
    return seed
