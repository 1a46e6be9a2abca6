"""UIMA CAS as XMI and as JSON, which INCEpTION reads and writes."""

from annotations.formats.axes import Axes
from annotations.formats.losses import NO_XML, RENAMED
from annotations.formats.ports import Format
from annotations.formats.uima.cas_reader import holds_cas, read_cas
from annotations.formats.uima.cas_writer import write_json_cas, write_xmi

UIMA_CAS = Format(
    name="uima-cas",
    title="UIMA CAS as XMI or JSON, and INCEpTION's exports of projects",
    short="UIMA CAS",
    holds="with texts",
    axes=Axes(),
    suits="importing into INCEpTION, and programs that read UIMA",
    media_type="application/zip",
    extension="xmi.zip",
    opens=holds_cas,
    read_bundle=read_cas,
    write=write_xmi,
    cannot_hold=(NO_XML, RENAMED),
)
UIMA_CAS_JSON = Format(
    name="uima-cas-json",
    title="UIMA CAS as JSON",
    short="UIMA CAS JSON",
    holds="with texts",
    axes=Axes(),
    suits="programs in Python that read UIMA, as with dkpro-cassis",
    media_type="application/zip",
    extension="cas-json.zip",
    write=write_json_cas,
    read_by=UIMA_CAS.name,
    cannot_hold=(RENAMED,),
)
