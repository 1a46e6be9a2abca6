"""What gamma depends on besides the annotations."""

from dataclasses import dataclass, replace
from typing import Any

from annotations.agreement.data.corpus import Corpus
from annotations.agreement.errors import InvalidOptionError
from annotations.agreement.gamma.alignment import check_weights
from annotations.agreement.gamma.pool import Pool

SAMPLERS = ("statistical", "shuffle")
CHANCES = ("corpus", "document")
SOURCES = ("document", "corpus")


@dataclass(frozen=True, slots=True)
class GammaOptions:
    """What gamma depends on besides the annotations.

    Attributes
    ----------
    alpha, beta : float
        Weights of position and label.
    sampler : 'statistical' or 'shuffle'
    samples : int
        Random samples of each document.
    precision : float or None
        Relative half width of the 95% interval of each document's expected disorder; as many more samples are drawn as
        that takes by the spread of the first ones, 2,000 at most (Mathet et al. 2015, section 5.3).
    seed : int
    chance : 'corpus' or 'document'
        Whose labels chance deals in gamma-cat and gamma-k: those of all aligned units, dealt anew among them, or those of
        each document's own random samples.
    drawn_from : 'document' or 'corpus'
        Whose labels and lengths gamma's random annotations are drawn with: those of the document itself, as Mathet et al.
        have it, or those of the whole corpus. The latter needs the statistical sampler.
    pool : Pool, optional
        The labels and lengths of the corpus, where documents are counted in several parts; those of the data if not given.
    """

    alpha: float = 1.0
    beta: float = 1.0
    sampler: str = "statistical"
    samples: int = 30
    precision: float | None = None
    seed: int = 0
    chance: str = "corpus"
    drawn_from: str = "document"
    pool: Pool | None = None

    def check(self) -> None:
        """Refuse options that have no meaning.

        Raises
        ------
        InvalidOptionError
        """
        check_weights(self.alpha, self.beta)
        if self.sampler not in SAMPLERS:
            raise InvalidOptionError(
                f"there is no sampler {self.sampler!r}; choose from {', '.join(SAMPLERS)}"
            )
        if self.chance not in CHANCES:
            raise InvalidOptionError(
                f"gamma_cat cannot take chance from {self.chance!r}; choose from {', '.join(CHANCES)}"
            )
        if self.drawn_from not in SOURCES:
            raise InvalidOptionError(
                f"random annotations cannot be drawn from {self.drawn_from!r}; choose from {', '.join(SOURCES)}"
            )
        if self.drawn_from == "corpus" and self.sampler != "statistical":
            raise InvalidOptionError(
                f"the sampler {self.sampler!r} draws no labels and lengths, so they cannot be those of the corpus; "
                "choose the statistical sampler"
            )
        if self.samples < 1:
            raise InvalidOptionError(f"gamma needs at least one sample, not {self.samples}; 30 is usual")
        if self.seed < 0:
            raise InvalidOptionError(f"the seed must not be negative, but is {self.seed}")
        if self.precision is not None and not 0 < self.precision < 1:
            raise InvalidOptionError(
                f"precision must lie between 0 and 1, not {self.precision}; 0.02 is usual"
            )
        if self.precision is not None and self.samples == 1:
            raise InvalidOptionError("precision needs two samples or more, to see their spread; 30 is usual")

    def with_pool(self, corpus: Corpus) -> "GammaOptions":
        """The options with the labels and lengths of a corpus, where random annotations are to be drawn with them."""
        if self.drawn_from == "document" or self.pool is not None:
            return self
        return replace(self, pool=Pool.of(corpus))

    def to_json(self) -> dict[str, Any]:
        """The options as plain data, under the names of the command line; a pool by its checksum.

        Documents that were drawn with different pools are never merged, since these differ.
        """
        return {
            "alpha": self.alpha,
            "beta": self.beta,
            "sampler": self.sampler,
            "gamma_samples": self.samples,
            "precision": self.precision,
            "gamma_seed": self.seed,
            "chance": self.chance,
            "drawn_from": self.drawn_from,
            **({} if self.pool is None else {"pool": self.pool.checksum()}),
        }
