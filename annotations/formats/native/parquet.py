"""Parquet, as our records are written in it."""

from annotations.formats.axes import Axes
from annotations.formats.levels import ContentLevel
from annotations.formats.libraries import PYARROW
from annotations.formats.native.parquet_records import opens_parquet, read_parquet, write_parquet
from annotations.formats.ports import Format

PARQUET = Format(
    name="parquet",
    title="Parquet with the features of Hugging Face's datasets",
    short="Parquet",
    holds="with texts, blocks and metadata; not how gold came about",
    axes=Axes(),
    suits="pandas, Polars and Hugging Face's datasets",
    media_type="application/vnd.apache.parquet",
    extension="parquet",
    opens=opens_parquet,
    read_bundle=read_parquet,
    write=write_parquet,
    levels=(ContentLevel.GOLD, ContentLevel.VOTES, ContentLevel.ANNOTATIONS),
    needs=PYARROW,
)
