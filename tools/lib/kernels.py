# SPDX-License-Identifier: BSD-2-Clause
"""
Finds the distribution's kernels: installed ones by dpkg's own records, and
images whose packages were only downloaded and unpacked into out/kernels/,
which changes nothing on the machine. No version is written down here.

A kernel is asked for as FLAVOUR or SERIES-FLAVOUR: amd64, rt-amd64,
cloud-amd64, 6.12-amd64. Without a series, the one that the distribution's
meta package linux-image-FLAVOUR names is taken, else the newest.
"""
import glob
import lzma
import os
import re
import shutil
import struct
import subprocess

TREE = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
UNPACKED = os.path.join(TREE, "out", "kernels")

PACKAGE = re.compile(r"^linux-image-(\d[^_]*?)-((?:rt-|cloud-)?amd64)(?:-unsigned)?$")
SPEC = re.compile(r"^(?:(\d+\.\d+)-)?((?:rt-|cloud-)?amd64)$")


class KernelError(Exception):
    """No such kernel; the message says what to do."""


class Kernel:
    """One kernel: release as uname -r says, and where its parts are."""

    def __init__(self, release, flavour, root, origin):
        self.release = release
        self.flavour = flavour
        self.origin = origin
        self.image = os.path.join(root, "boot", "vmlinuz-" + release)
        self.config = os.path.join(root, "boot", "config-" + release)
        self.modules = os.path.join(root, "lib", "modules", release)
        if not os.path.isdir(self.modules):
            self.modules = os.path.join(root, "usr", "lib", "modules", release)
        self.headers = "/usr/src/linux-headers-" + release

    def bootable(self):
        return os.path.exists(self.image) and os.path.isdir(self.modules)

    def has_headers(self):
        return os.path.exists(os.path.join(self.headers, "Makefile"))

    def order(self):
        """Sort key: newest last; at the same version an installed one last."""
        return [int(n) for n in re.findall(r"\d+", self.release)], self.origin == "installed"


def dpkg_installed(pattern):
    """Names of the installed packages that match a dpkg pattern."""
    out = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n", pattern],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False).stdout
    return [line.split()[1] for line in out.splitlines() if line.startswith("installed ")]


def find_all():
    """Every bootable kernel, oldest first."""
    found = []
    for package in dpkg_installed("linux-image-*"):
        match = PACKAGE.match(package)
        if match:
            found.append(Kernel("-".join(match.groups()), match.group(2), "/", "installed"))
    for image in glob.glob(os.path.join(UNPACKED, "*", "boot", "vmlinuz-*")):
        release = os.path.basename(image)[len("vmlinuz-"):]
        match = PACKAGE.match("linux-image-" + release)
        if match:
            root = os.path.dirname(os.path.dirname(image))
            found.append(Kernel(release, match.group(2), root, "unpacked"))
    return sorted((k for k in found if k.bootable()), key=Kernel.order)


def meta_release(flavour):
    """Release that the installed or available meta package stands for, or None."""
    for command in (["dpkg-query", "-W", "-f", "${Depends}", "linux-image-" + flavour],
                    ["apt-cache", "depends", "--important", "linux-image-" + flavour]):
        try:
            out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False).stdout
        except FileNotFoundError:
            continue
        match = re.search(r"linux-image-(\d\S*)", out)
        if match:
            return match.group(1)
    return None


def series_of(release):
    return ".".join(release.split(".")[:2])


def find(spec, need_headers=False):
    """
    The kernel for a spec such as amd64 or 6.12-amd64: the newest one, of those
    whose headers are there too if there is such a one. Raises KernelError.
    """
    match = SPEC.match(spec)
    if not match:
        raise KernelError(f"'{spec}' names no kernel: say amd64, rt-amd64, cloud-amd64, or with a series such as 6.12-amd64")
    series, flavour = match.groups()
    kernels = [k for k in find_all() if k.flavour == flavour]
    if series is None:
        meta = meta_release(flavour)
        usual = [k for k in kernels if meta and series_of(k.release) == series_of(meta)]
        kernels = usual or kernels
    else:
        kernels = [k for k in kernels if series_of(k.release) == series]
    with_headers = [k for k in kernels if k.has_headers()]
    if need_headers and kernels and not with_headers:
        raise KernelError(f"no kernel headers for {kernels[-1].release}: as root, apt-get install linux-headers-{kernels[-1].release}")
    if not kernels:
        raise KernelError(f"no kernel '{spec}' here: run  tools/guest/kernels --fetch {spec}  (or ./demo, as root)")
    return (with_headers or kernels)[-1]


def unpack(payload):
    """The bytes in a kernel's payload, or None if nothing here unpacks them."""
    if payload.startswith(b"\xfd7zXZ\0"):
        return lzma.LZMADecompressor().decompress(payload)
    if payload.startswith(b"\x28\xb5\x2f\xfd") and shutil.which("zstd"):
        # Behind it stand four bytes of Linux's own.
        return subprocess.run(["zstd", "-q", "-d", "-c"], input=payload[:-4], stdout=subprocess.PIPE, check=True).stdout
    return None


def unpacked(kernel):
    """
    Path of the ELF image packed in the kernel's bzImage, kept in out/guest. It
    has the BTF; QEMU boots it by the PVH entry and saves the emulated
    unpacking, 5 s of 9. The packed image itself when it is packed otherwise
    than by xz or zstd.
    """
    path = os.path.join(TREE, "out", "guest", "vmlinux-" + kernel.release)
    if os.path.exists(path) and os.path.getmtime(path) > os.path.getmtime(kernel.image):
        return path
    with open(kernel.image, "rb") as stream:
        image = stream.read()
    # Linux's boot protocol: setup_sects at 0x1f1, payload_offset and payload_length at 0x248
    offset, length = struct.unpack_from("<II", image, 0x248)
    start = ((image[0x1f1] or 4) + 1) * 512 + offset
    payload = image[start:start + length]
    content = unpack(payload)
    if content is None:
        return kernel.image
    os.makedirs(os.path.dirname(path), exist_ok=True)
    new = f"{path}.{os.getpid()}"
    with open(new, "wb") as stream:
        stream.write(content)
    os.rename(new, path)
    return path


def package_for(spec):
    """Name of the image package that apt would install for a spec. Raises KernelError."""
    match = SPEC.match(spec)
    if not match:
        raise KernelError(f"'{spec}' names no kernel")
    headers = newest_headers(spec)
    if headers:
        return "linux-image-" + headers
    release = meta_release(spec)
    if release is None:
        raise KernelError(f"apt knows no package linux-image-{spec}: run  apt-get update  as root first")
    return "linux-image-" + release


def newest_headers(spec):
    """Release of the newest installed headers for a spec, or None: the image must be of the same build."""
    series, flavour = SPEC.match(spec).groups()
    meta = meta_release(flavour)
    series = series or (series_of(meta) if meta else None)
    releases = []
    for package in dpkg_installed("linux-headers-*"):
        match = PACKAGE.match(package.replace("linux-headers-", "linux-image-"))
        if match and match.group(2) == flavour and (series is None or series_of(match.group(1)) == series):
            releases.append("-".join(match.groups()))
    return max(releases, key=lambda r: [int(n) for n in re.findall(r"\d+", r)], default=None)


def fetch(spec, say=print):
    """
    Download the image package for a spec and unpack it into out/kernels/.
    Returns the kernel. Raises KernelError.
    """
    package = package_for(spec)
    release = package[len("linux-image-"):]
    root = os.path.join(UNPACKED, release)
    os.makedirs(UNPACKED, exist_ok=True)
    say(f"downloading {package}")
    for old in glob.glob(os.path.join(UNPACKED, package + "_*.deb")):
        os.unlink(old)
    # As root apt fetches as the user _apt, who may not write here: it then says so and fetches as root.
    done = subprocess.run(["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", package],
                          cwd=UNPACKED, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    debs = glob.glob(os.path.join(UNPACKED, package + "_*.deb"))
    if done.returncode != 0 or not debs:
        raise KernelError(f"apt-get download {package} failed: {done.stdout.strip().splitlines()[-1:]}; run  apt-get update  as root and try again")
    say(f"unpacking {os.path.basename(debs[0])}")
    subprocess.run(["rm", "-rf", root + ".new"], check=True)
    subprocess.run(["dpkg-deb", "-x", debs[0], root + ".new"], check=True)
    subprocess.run(["rm", "-rf", root], check=True)
    os.rename(root + ".new", root)
    os.unlink(debs[0])
    return find(spec)
