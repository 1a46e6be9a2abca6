"""Libraries that some formats need and that are heavy: installed by those who want them, and imported when they are used."""

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from annotations.formats.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Library:
    """A library by its module, and the extra of this package that installs it."""

    module: str
    title: str
    extra: str

    @property
    def is_installed(self) -> bool:
        """Whether it can be imported."""
        return find_spec(self.module) is not None

    def say_how(self) -> str:
        """What is missing, and how to get it."""
        return f"{self.title} is not installed; install it with: pip install 'annotation-workbench[{self.extra}]'"

    def load(self, module: str = "") -> Any:
        """The library, or a module of it.

        Raises
        ------
        RefusedError
            It is not installed.
        """
        if not self.is_installed:
            raise RefusedError(self.say_how())
        return import_module(module or self.module)


SPACY = Library("spacy", "spaCy", "spacy")
PYARROW = Library("pyarrow", "pyarrow", "parquet")
