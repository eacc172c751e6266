"""The files of a Slack export, zipped or not, read one at a time and never unpacked to disk.

An export comes from somebody else's computer: its names are only keys of an index, links are
refused, and sizes are counted while reading because a zip's own header may lie.
"""

import os
import re
import zipfile
import zlib
from pathlib import Path
from typing import IO, Protocol

from copilot.errors import BadInputError

MAX_FILE_BYTES = 128 * 2**20
"""A file is parsed as a whole: 128 MiB is about 300,000 messages on one day in one channel."""
MAX_TOTAL_BYTES = 16 * 2**30
"""About 30 million messages; what is larger is no export that one machine should take in."""
MAX_RATIO = 200
"""Slack's JSON shrinks 10 to 50 times. Deflate can reach 1,030, and only a bomb comes near."""
ALWAYS_ALLOWED_BYTES = 32 * 2**20
"""Below this, unpacking harms nobody, whatever the ratio."""

_CHUNK_BYTES = 2**20
_DRIVE = re.compile(r"[A-Za-z]:")
_UNIX_LINK = 0o120000
_UNIX_TYPE = 0o170000
_CORRUPT_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
)
"""What zipfile raises on a broken, encrypted or unknown member."""


class ExportFiles(Protocol):
    """`sizes` holds every file's name, with forward slashes, and how many bytes it claims."""

    sizes: dict[str, int]

    def read(self, name: str) -> bytes: ...

    def close(self) -> None: ...


def open_files(path: Path) -> ExportFiles:
    if path.is_dir():
        return FolderFiles(path)
    if path.is_file():
        return ZipFiles(path)
    raise BadInputError(f"There is no file or folder {path}.")


class ZipFiles:
    """A zip archive."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise BadInputError(f"{path.name} is not a zip file: {error}.") from error
        try:
            self._members = _safe_members(self._zip)
        except BadInputError:
            self._zip.close()
            raise
        self.sizes = {name: member.file_size for name, member in self._members.items()}
        self._allowance = _Allowance(path.name, path.stat().st_size)

    def read(self, name: str) -> bytes:
        try:
            with self._zip.open(self._members[name]) as stream:
                return self._allowance.read(stream, name)
        except _CORRUPT_ZIP as error:
            raise BadInputError(f"{name} in the export can't be unpacked: {error}.") from error

    def close(self) -> None:
        self._zip.close()


class FolderFiles:
    """An unpacked export: the files beside each other, and those one folder below."""

    def __init__(self, path: Path) -> None:
        self._paths: dict[str, Path] = {}
        self.sizes: dict[str, int] = {}
        try:
            self._collect(path, "", depth=2)
        except OSError as error:
            raise BadInputError(f"{path} can't be read: {error.strerror}.") from error

    def read(self, name: str) -> bytes:
        try:
            with self._paths[name].open("rb") as stream:
                data = stream.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise BadInputError(f"{name} can't be read: {error.strerror}.") from error
        if len(data) > MAX_FILE_BYTES:
            raise _too_large(name)
        return data

    def close(self) -> None:
        """Nothing is held open between reads."""

    def _collect(self, folder: Path, prefix: str, depth: int) -> None:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                name = prefix + entry.name
                if entry.is_symlink():
                    raise BadInputError(
                        f"{name} is a link, which a Slack export never holds; "
                        "replace it by the file itself."
                    )
                if entry.is_dir() and depth:
                    self._collect(Path(entry.path), f"{name}/", depth - 1)
                elif entry.is_file():
                    self._paths[name] = Path(entry.path)
                    self.sizes[name] = entry.stat().st_size


class _Allowance:
    """How much an archive may unpack to; reading a file a second time costs nothing."""

    def __init__(self, archive: str, packed_bytes: int) -> None:
        self._archive = archive
        self._limit = min(MAX_TOTAL_BYTES, max(ALWAYS_ALLOWED_BYTES, packed_bytes * MAX_RATIO))
        self._read: dict[str, int] = {}
        self._total = 0

    def read(self, stream: IO[bytes], name: str) -> bytes:
        chunks: list[bytes] = []
        size = 0
        while chunk := stream.read(_CHUNK_BYTES):
            chunks.append(chunk)
            size += len(chunk)
            if size > MAX_FILE_BYTES:
                raise _too_large(name)
            if self._total + size - self._read.get(name, 0) > self._limit:
                raise BadInputError(
                    f"{self._archive} unpacks to more than {self._limit // 2**20:,} MiB, which is "
                    "absurd for its size; nothing of it was unpacked to disk."
                )
        self._total += size - self._read.get(name, 0)
        self._read[name] = size
        return b"".join(chunks)


def _safe_members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The archive's files by name; refuses names that would leave the export's folder."""
    members: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        name = member.orig_filename
        if (
            "\\" in name
            or "\0" in name
            or name.startswith("/")
            or _DRIVE.match(name)
            or ".." in name.split("/")
        ):
            raise BadInputError(f"The zip names a file outside its own folder: {name!r}.")
        if (member.external_attr >> 16) & _UNIX_TYPE == _UNIX_LINK:
            raise BadInputError(f"The zip holds a link, which no Slack export does: {name!r}.")
        if not member.is_dir():
            members[name] = member
    return members


def _too_large(name: str) -> BadInputError:
    return BadInputError(
        f"{name} is larger than {MAX_FILE_BYTES // 2**20} MiB, too large for one day of a channel."
    )
