# SPDX-License-Identifier: BSD-2-Clause
"""
Writes an initramfs (cpio "newc") whose bytes depend on nothing but the files
that go in: numbers counted, times and owners zero. It is not compressed: the
guest would spend more instructions on that than on the copy.
"""
import glob
import lzma
import os
import re
import stat


class ArchiveError(Exception):
    """A file or kernel module that the guest needs is missing."""


class Archive:
    """Collects directories, files and links in memory; write() makes the archive."""

    def __init__(self):
        self.entries = {}

    def directory(self, path):
        parts = path.strip("/").split("/")
        for depth in range(1, len(parts) + 1):
            self.entries.setdefault("/".join(parts[:depth]), (stat.S_IFDIR | 0o755, b""))

    def data(self, path, content, mode=0o644):
        if os.path.dirname(path):
            self.directory(os.path.dirname(path))
        self.entries[path.strip("/")] = (stat.S_IFREG | mode, content)

    def file(self, path, source):
        """The file at source, executable if it is so there."""
        try:
            with open(source, "rb") as stream:
                content = stream.read()
        except OSError as error:
            raise ArchiveError(f"{source}: {error.strerror}") from None
        self.data(path, content, 0o755 if os.access(source, os.X_OK) else 0o644)

    def link(self, path, target):
        self.directory(os.path.dirname(path))
        self.entries[path.strip("/")] = (stat.S_IFLNK | 0o777, target.encode())

    def write(self, stream):
        """The archive, directories before what is in them."""
        for number, path in enumerate(sorted(self.entries), 1):
            mode, content = self.entries[path]
            stream.write(record(number, mode, path, content))
        stream.write(record(0, 0, "TRAILER!!!", b""))


def record(number, mode, path, content):
    name = path.encode() + b"\0"
    fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name), 0)
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + name
    return pad(head) + pad(content)


def pad(data):
    return data + b"\0" * (-len(data) % 4)


class ModuleSet:
    """The distribution's kernel modules under one lib/modules/RELEASE directory."""

    def __init__(self, directory):
        self.directory = directory
        self.paths = {}
        for path in glob.glob(os.path.join(directory, "kernel", "**", "*.ko*"), recursive=True):
            name = os.path.basename(path).split(".")[0].replace("-", "_")
            self.paths[name] = path
        with open(os.path.join(directory, "modules.builtin"), encoding="ascii") as stream:
            self.builtin = {os.path.basename(line.strip())[:-3].replace("-", "_") for line in stream}

    def read(self, name):
        """The module's bytes, unpacked."""
        path = self.paths.get(name.replace("-", "_"))
        if path is None:
            raise ArchiveError(f"kernel module {name} is not in {self.directory}")
        if path.endswith(".xz"):
            return lzma.open(path).read()
        with open(path, "rb") as stream:
            return stream.read()

    def in_order(self, names):
        """[(name, bytes)] of the modules and all they depend on, in order of loading; built-in ones left out."""
        ordered = {}

        def visit(name):
            name = name.replace("-", "_")
            if name in ordered or name in self.builtin:
                return
            content = self.read(name)
            for dependency in depends(content):
                visit(dependency)
            ordered[name] = content

        for name in names:
            visit(name)
        return list(ordered.items())


# Modules ask for these at run time instead of depending on them.
SOFT_DEPENDS = {"ext4": ["crc32c_intel", "crc32c_generic"]}


def depends(content):
    """Names in a module's depends= record, and those it would have modprobe load."""
    match = re.search(rb"\0depends=([^\0]*)\0", content)
    names = match.group(1).decode().split(",") if match else []
    own = re.search(rb"\0name=([^\0]*)\0", content)
    return [n for n in names if n] + SOFT_DEPENDS.get(own.group(1).decode() if own else "", [])
