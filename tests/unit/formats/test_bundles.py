"""A file, a folder and an archive are read alike, and an archive that nobody should trust is refused."""

import io
import json
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.agreement import Corpus, InvalidCorpusError, evaluate, read_file, read_files
from annotations.agreement.command_line.command import run
from annotations.formats.errors import RefusedError
from annotations.formats.files import bundles
from annotations.formats.files.bundles import open_bundle

TEXT = "Kyiv agreed.\n"
ANN, BOB = "T1\tPlace 0 4\tKyiv\n", "T1\tPlace 0 4\tKyiv\nT2\tStance 5 11\tagreed\n"
OF_TWO = {"ann/1.txt": TEXT, "ann/1.ann": ANN, "bob/1.txt": TEXT, "bob/1.ann": BOB}


def fill(folder: Path, files: Mapping[str, str]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())
    return folder


def pack(path: Path, files: Mapping[str, str], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def list_spans(corpus: object) -> list[tuple[str, str, int, int, str]]:
    assert isinstance(corpus, Corpus)
    return [one[:5] for one in corpus.get_spans(range(corpus.n_spans))]


def test_a_folder_and_an_archive_of_it_and_its_files_one_by_one_are_the_same(tmp_path: Path) -> None:
    folder = fill(tmp_path / "all", OF_TWO)
    expected = [("1", "ann", 0, 4, "Place"), ("1", "bob", 0, 4, "Place"), ("1", "bob", 5, 11, "Stance")]
    ways = [
        [folder],
        [pack(tmp_path / "all.zip", OF_TWO)],
        [pack(tmp_path / "wrapped.zip", {f"news/{name}": text for name, text in OF_TWO.items()})],
        [folder / "ann", folder / "bob"],
        [folder / "ann" / "1.ann", folder / "bob" / "1.ann"],
    ]
    for paths in ways:
        assert list_spans(read_files(paths)) == expected


def test_the_library_and_the_command_take_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = fill(tmp_path, OF_TWO)
    report = evaluate(str(folder), metrics="f1_strict", samples=0)
    assert report["f1_strict"].value == pytest.approx(2 / 3)
    assert run([str(folder), "--metric", "f1_strict", "--samples", "0", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["metrics"]["f1_strict"]
    assert found["value"] == pytest.approx(2 / 3)


def test_files_of_a_folder_that_stand_alone_are_read_as_if_each_was_named(tmp_path: Path) -> None:
    files = {
        f"{name}.json": json.dumps([{"text": TEXT, "label": [[0, 4, "Place"]]}]) for name in ("ann", "bob")
    }
    folder = fill(tmp_path / "exports", {**files, "README.md": "Ours.", ".hidden": "{"})
    expected = list_spans(read_files([folder / name for name in files]))
    assert {span[1] for span in expected} == {"ann", "bob"}
    assert list_spans(read_file(folder)) == expected
    assert list_spans(read_file(pack(tmp_path / "exports.zip", files))) == expected


def test_a_folder_without_annotations_says_what_is_read(tmp_path: Path) -> None:
    with pytest.raises(InvalidCorpusError, match=r"holds no file of what is read: plain JSON with.*brat"):
        read_file(fill(tmp_path, {"README.md": "Nothing here."}))
    with pytest.raises(InvalidCorpusError, match=r"cannot read .*gone: No such file"):
        read_file(tmp_path / "gone")


def test_a_mistake_in_a_file_of_a_folder_is_told_with_its_place(tmp_path: Path) -> None:
    broken = {**OF_TWO, "bob/1.ann": "T1\tPlace 0 4\tKyiv\nT2\tStance 5 99\tagreed\n"}
    with pytest.raises(InvalidCorpusError, match=r"bob/1\.ann.*line 2.*ends past the text"):
        read_file(fill(tmp_path / "all", broken))
    with pytest.raises(InvalidCorpusError, match=r"all\.zip/bob/1\.ann.*line 2.*ends past the text"):
        read_file(pack(tmp_path / "all.zip", broken))


@pytest.mark.parametrize("name", ["../1.ann", "/etc/1.ann", "a/../../1.ann", "C:/1.ann", "..\\1.ann"])
def test_a_name_that_leads_out_of_an_archive_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidCorpusError, match="leads out of the archive"):
        read_file(pack(tmp_path / "a.zip", {name: ANN}))


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in "abcde":
            with archive.open(f"{name}.txt", "w") as file:
                for _ in range(16):
                    file.write(bytes(2**24))
    assert path.stat().st_size < 2**24
    with pytest.raises(InvalidCorpusError, match=r"unpacks to more than 1,073,741,824 bytes"):
        read_file(path)


def test_an_archive_that_lies_about_a_size_is_read_no_further_than_it_says(tmp_path: Path) -> None:
    path = pack(tmp_path / "lie.zip", {"1.ann": ANN, "1.txt": TEXT * 1000})
    length = (len(TEXT) * 1000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(length, (20).to_bytes(4, "little")))
    with pytest.raises(InvalidCorpusError, match=r"1\.txt is damaged in its archive"):
        read_file(path)


def test_what_is_too_much_for_one_folder_or_archive_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, archive = fill(tmp_path / "all", OF_TWO), pack(tmp_path / "all.zip", OF_TWO)
    deep = fill(tmp_path / "deep", {"a/" * 22 + "1.ann": ANN})
    with pytest.raises(InvalidCorpusError, match="lies deeper than 20 folders"):
        read_file(deep)
    for limit, message in (
        ("MAX_BUNDLED_FILES", "more than 3 files"),
        ("MAX_PART_BYTES", r"1\.(ann|txt) is larger than 3 bytes"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(bundles, limit, 3)
            for path in (folder, archive):
                with pytest.raises(InvalidCorpusError, match=message):
                    read_file(path)
    monkeypatch.setattr(bundles, "MAX_ARCHIVE_LIST_BYTES", 30)
    with pytest.raises(InvalidCorpusError, match="its list of files has more than 30 bytes"):
        read_file(archive)


def test_archives_that_are_encrypted_oddly_packed_or_within_others_are_refused(tmp_path: Path) -> None:
    plain = pack(tmp_path / "a.zip", {"1.ann": ANN}, zipfile.ZIP_STORED)
    locked = bytearray(plain.read_bytes())
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(locked)
    with pytest.raises(InvalidCorpusError, match="is encrypted; unpack it first"):
        read_file(tmp_path / "locked.zip")
    with pytest.raises(InvalidCorpusError, match="pack it as an ordinary ZIP"):
        read_file(pack(tmp_path / "lzma.zip", {"1.ann": ANN}, zipfile.ZIP_LZMA))
    (tmp_path / "folder").mkdir()
    pack(tmp_path / "folder" / "ann.zip", OF_TWO)
    with pytest.raises(InvalidCorpusError, match=r"ann\.zip is an archive within"):
        read_file(tmp_path / "folder")


def test_links_to_folders_are_not_followed_so_none_leads_in_a_circle(tmp_path: Path) -> None:
    folder = fill(tmp_path / "all", OF_TWO)
    (folder / "ann" / "again").symlink_to(folder, target_is_directory=True)
    with open_bundle(folder) as bundle:
        assert set(bundle.files) == set(OF_TWO)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_an_archive_damaged_anywhere_is_read_or_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in OF_TWO.items():
            archive.writestr(name, content)
    raw = bytearray(whole.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(4, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("archives") / "damaged.zip"
    path.write_bytes(raw[: data.draw(st.integers(len(raw) // 2, len(raw)))])
    with suppress(InvalidCorpusError):
        assert isinstance(read_file(path), Corpus)


def test_a_refusal_of_a_bundle_is_that_of_a_reader(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="no whole archive"), open_bundle(_cut(tmp_path)):
        raise AssertionError


def _cut(folder: Path) -> Path:
    path = pack(folder / "cut.zip", OF_TWO)
    path.write_bytes(path.read_bytes()[:-30])
    return path
