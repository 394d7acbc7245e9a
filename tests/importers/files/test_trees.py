"""Files in folders and archives: which are read, which never are, and what is refused."""

import gzip
import io
import os
import tarfile
import zipfile
from functools import partial
from pathlib import Path, PurePosixPath

import pytest

from statsproject.chat.importers.file_stream import FileStream
from statsproject.chat.importers.files import FileTree, open_tree
from statsproject.chat.importers.files.reading import StoredBytes
from tests.importers.dumps import pack_tar, pack_zip

CONTENTS = {"a/users.bson": b"one" * 100_000, "a/b/rooms.json": b"two", "empty": b""}
ARCHIVES = ["x.zip", "x.tar", "x.tar.gz", "x.tar.bz2", "x.tar.xz"]


def folder(path: Path) -> Path:
    for name, contents in CONTENTS.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(contents)
    return path


def pack(path: Path, root: Path) -> Path:
    return pack_zip(path, root) if path.suffix == ".zip" else pack_tar(path, root)


def contents(tree: FileTree) -> dict[str, bytes]:
    return {str(file.path): file.open().read() for file in tree.files()}


def test_the_files_of_a_folder_and_of_those_in_it(tmp_path: Path) -> None:
    tree = open_tree(folder(tmp_path / "x"))
    assert contents(tree) == CONTENTS
    assert [file.size for file in tree.files()] == [len(CONTENTS[str(file.path)]) for file in tree.files()]
    assert {file.location for file in tree.files()} == {str(tmp_path / "x" / name) for name in CONTENTS}


@pytest.mark.parametrize("name", ARCHIVES)
def test_the_members_of_an_archive_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    path = pack(tmp_path / name, folder(tmp_path / "x"))
    renamed = path.rename(tmp_path / "backup")
    before = sorted(tmp_path.rglob("*"))
    tree = open_tree(renamed)
    assert contents(tree) == {f"x/{member}": data for member, data in CONTENTS.items()}
    assert [file.size for file in tree.files()] == [len(data) for data in contents(tree).values()]
    assert {file.location for file in tree.files()} == {f"{renamed}/x/{member}" for member in CONTENTS}
    assert sorted(tmp_path.rglob("*")) == before  # nothing is unpacked


@pytest.mark.parametrize("name", ARCHIVES)
def test_members_can_be_read_in_any_order_and_at_the_same_time(tmp_path: Path, name: str) -> None:
    files = open_tree(pack(tmp_path / name, folder(tmp_path / "x"))).files()
    large = next(file for file in files if file.path.name == "users.bson")
    with large.open() as one, large.open() as other:
        assert one.read(200_000) == other.read(200_000)
        assert one.read() == other.read() == CONTENTS["a/users.bson"][200_000:]
    assert [file.open().read() for file in reversed(files)] == [CONTENTS[str(file.path)[2:]] for file in reversed(files)]


def test_members_with_backslashes_in_their_paths_are_in_folders(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for name in ("general\\", "general\\2023-11-14.json", "users.json"):
            archive.writestr(name, b"" if name.endswith("\\") else b"[]")
    assert contents(open_tree(tmp_path / "x.zip")) == {"general/2023-11-14.json": b"[]", "users.json": b"[]"}


def test_a_single_file(tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    path.write_bytes(b"{}")
    [file] = open_tree(path).files()
    assert (file.path, file.size, file.location, file.open().read()) == (PurePosixPath("users.json"), 2, str(path), b"{}")


def test_fingerprints_tell_members_apart_and_notice_changes(tmp_path: Path) -> None:
    path = pack(tmp_path / "x.zip", folder(tmp_path / "x"))
    prints = [file.fingerprint() for file in open_tree(path).files()]
    assert len({print_.key for print_ in prints}) == 3
    assert prints == [file.fingerprint() for file in open_tree(path).files()]
    os.utime(path, (1, 1))
    assert {print_.modified_ns for print_ in prints} != {file.fingerprint().modified_ns for file in open_tree(path).files()}


def test_a_long_path_has_a_fingerprint_that_fits(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d" * 200] * 6)
    deep.mkdir(parents=True)
    (deep / "users.json").touch()
    [file] = open_tree(tmp_path).files()
    assert len(file.fingerprint().key) <= 1024


def test_a_name_that_is_no_text_has_a_fingerprint_and_errors_that_can_be_stored(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff.json.gz")
    path.write_bytes(gzip.compress(bytes(1000))[:-9])
    [file] = open_tree(path).files()
    assert file.fingerprint().key.encode().endswith(b"\\udcff.json.gz")
    with pytest.raises(OSError, match="cannot be read") as error:
        StoredBytes(partial(gzip.open, path), file.location).read()
    assert str(error.value).encode()
    stream = FileStream(path, "users", [file], lambda file, contents: iter(()))
    assert stream.fingerprint().key.encode()


def test_links_and_what_is_no_file_are_named_and_not_read(tmp_path: Path) -> None:
    root = folder(tmp_path / "x")
    (root / "gone").symlink_to(tmp_path / "nowhere")
    (root / "circle").symlink_to(root)
    (root / "to_a_file").symlink_to(root / "a" / "users.bson")
    os.mkfifo(root / "pipe")
    tree = open_tree(root)
    assert {str(file.path) for file in tree.files()} == {*CONTENTS, "to_a_file"}
    assert {str(file.path): file.reason for file in tree.skipped} == {
        "gone": "a link to a file that does not exist",
        "circle": "a link to a folder",
        "pipe": "no regular file",
    }


ESCAPES = ["/etc/passwd", "../users.json", "a/../../users.json", "C:\\users.json", "..\\users.json"]


@pytest.mark.parametrize("escape", ESCAPES)
def test_members_whose_paths_leave_the_archive_are_not_read(tmp_path: Path, escape: str) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(escape, b"{}")
        archive.writestr("users.json", b"{}")
    with tarfile.open(tmp_path / "x.tar", "w") as tar:
        for name in (escape, "users.json"):
            member = tarfile.TarInfo(name)
            member.size = 2
            tar.addfile(member, io.BytesIO(b"{}"))
    for path in (tmp_path / "x.zip", tmp_path / "x.tar"):
        tree = open_tree(path)
        assert contents(tree) == {"users.json": b"{}"}
        assert [file.reason for file in tree.skipped] == ["its path leads out of the archive"]


def test_links_and_devices_in_archives_are_not_read(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar", "w") as tar:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            member = tarfile.TarInfo(f"member{kind.decode()}")
            member.type, member.linkname = kind, "/etc/passwd"
            tar.addfile(member)
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    for path, number in ((tmp_path / "x.tar", 4), (tmp_path / "x.zip", 1)):
        tree = open_tree(path)
        assert (list(tree.files()), [file.reason for file in tree.skipped]) == ([], ["no regular file"] * number)


def test_bombs_are_refused_with_their_sizes(tmp_path: Path) -> None:
    zeros = bytes(64 * 1024**2)
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"{number}.json", zeros)
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as tar:
        member = tarfile.TarInfo("x.json")
        member.size = 5 * len(zeros)
        tar.addfile(member, io.BytesIO(zeros * 5))
    for path in (tmp_path / "x.zip", tmp_path / "x.tar.gz"):
        with pytest.raises(
            ValueError, match=r"is refused: its [\d,]+ bytes would unpack to 335,54\d,\d+ or more, 1,0\d\d times as many"
        ):
            open_tree(path)


def test_a_header_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    long_name = tarfile.TarInfo("name")
    long_name.type, long_name.size = tarfile.GNUTYPE_LONGNAME, 2**31
    (tmp_path / "x.tar").write_bytes(long_name.tobuf() + bytes(10_240))
    with pytest.raises(ValueError, match="damaged or incomplete tar archive"):
        open_tree(tmp_path / "x.tar")


@pytest.mark.parametrize("name", ["x.tar", "x.tar.gz", "x.tar.bz2", "x.tar.xz", "x.zip"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_an_incomplete_archive_is_refused(tmp_path: Path, name: str, share: float) -> None:
    root = folder(tmp_path / "x")
    (root / "random").write_bytes(os.urandom(300_000))
    path = pack(tmp_path / name, root)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(ValueError, match="damaged"):
        open_tree(path)


def test_a_damaged_header_in_a_tar_archive_is_not_its_end(tmp_path: Path) -> None:
    path = pack(tmp_path / "x.tar", folder(tmp_path / "x"))
    data = bytearray(path.read_bytes())
    data[data.rindex(b"x/empty") + 1] = 0x21
    path.write_bytes(data)
    with pytest.raises(ValueError, match="damaged or incomplete tar archive"):
        open_tree(path)


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "x.zip", folder(tmp_path / "x"))
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(ValueError, match="is encrypted"):
        open_tree(path)


def test_damaged_contents_are_an_error_of_reading(tmp_path: Path) -> None:
    path = pack(tmp_path / "x.zip", folder(tmp_path / "x"))
    data = bytearray(path.read_bytes())
    data[data.index(b"users.bson") + 20] ^= 0xFF
    path.write_bytes(data)
    large = next(file for file in open_tree(path).files() if file.path.name == "users.bson")
    with pytest.raises(OSError, match=r"users\.bson cannot be read"), large.open() as stream:
        stream.read()


def test_a_path_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    for name, described in {
        "x": "does not exist",
        "link": "is a link to a file that does not exist",
        "pipe": "is neither a file nor a folder",
    }.items():
        with pytest.raises(ValueError, match=f"{name} {described}"):
            open_tree(tmp_path / name)
