# SPDX-License-Identifier: BSD-2-Clause
"""
Makes root file systems of Debian programs for the guest: downloads packages
and all they depend on, unpacks them and makes an ext4 image, in out/debian.
Nothing is installed and no maintainer script runs: what those would have
configured is there as far as ready() does it. An image is made once for a set
of packages and kept; its bytes depend on nothing but the packages' files.
"""
import fcntl
import hashlib
import os
import shutil
import subprocess

import kernels

STORE = os.path.join(kernels.TREE, "out", "debian")
FORMAT = 1		# of the images: count it up to have them made anew
SPARE = 192 << 20	# bytes that the guest can write, at least
UNIT = 128 << 20	# Linux takes memory devices in this size
TIME = 1767225600	# of every file: 2026-01-01, when the guest's clock starts
FIRST_INODE = 12	# that is a file's or directory's

# Tests need none of it
UNWANTED = ("usr/share/doc", "usr/share/info", "usr/share/locale", "usr/share/man")
# Debian's packages are made for a root where these are links
MERGED = ("bin", "sbin", "lib", "lib64")


class DebianError(Exception):
    """A root can't be made; the message says what to do."""


def tool(command, **options):
    """Run a program; its output. Raises DebianError."""
    environment = dict(os.environ, PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin", LC_ALL="C",
                       E2FSPROGS_FAKE_TIME=str(TIME), DEBIAN_FRONTEND="noninteractive")
    try:
        done = subprocess.run(command, env=environment, stdin=options.pop("stdin", subprocess.DEVNULL), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", check=False, **options)
    except FileNotFoundError:
        raise DebianError(f"{command[0]} is missing: run tools/setup as root") from None
    if done.returncode != 0:
        raise DebianError(f"{' '.join(command[:2])} failed: {' / '.join(done.stdout.strip().splitlines()[-3:])}")
    return done.stdout


def names(words):
    """The packages in words such as "bash,perl" or "bash", sorted."""
    return sorted({name for word in words for name in word.split(",") if name})


def place(packages):
    """The directory for names() of packages."""
    text = f"{FORMAT}\n" + "".join(name + "\n" for name in packages)
    return os.path.join(STORE, "root-" + hashlib.sha256(text.encode()).hexdigest()[:12])


def there(packages):
    return os.path.exists(os.path.join(place(packages), "image"))


def image(packages, say=print):
    """
    The path of an image with these packages, what they depend on and Debian's
    essential ones. It is made, with what must be downloaded, unless it is there.
    """
    directory = place(packages)
    path = os.path.join(directory, "image")
    if there(packages):
        return path
    os.makedirs(STORE, exist_ok=True)
    with open(os.path.join(STORE, "lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not there(packages):
            make(packages, directory, say)
    return path


def forget(packages):
    """Remove the image, so that the next one is of the packages that are current then."""
    shutil.rmtree(place(packages), ignore_errors=True)


def make(packages, directory, say):
    """Make the image in a directory of its own and rename that."""
    new = directory + ".new"
    shutil.rmtree(new, ignore_errors=True)
    root = os.path.join(new, "root")
    os.makedirs(root)
    try:
        debs = download(packages, new, say)
        say(f"unpacking {len(debs)} packages")
        for name in MERGED:
            os.makedirs(os.path.join(root, "usr", name))
            os.symlink("usr/" + name, os.path.join(root, name))
        for deb in debs:
            unpack(deb, root)
        ready(root)
        with open(os.path.join(new, "packages"), "w", encoding="ascii") as stream:
            stream.writelines(os.path.basename(deb) + "\n" for deb in debs)
        say("making the file system")
        make_image(root, os.path.join(new, "image"))
        shutil.rmtree(root)
        shutil.rmtree(directory, ignore_errors=True)
        os.rename(new, directory)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def download(packages, work, say):
    """Paths of the packages' files and of all they depend on, sorted; those that are in the store are not downloaded again."""
    status = os.path.join(work, "status")
    open(status, "wb").close()
    archives = os.path.join(STORE, "packages")
    os.makedirs(os.path.join(archives, "partial"), exist_ok=True)
    # As if on a machine where nothing is installed; in a place that needs no lock, since image() has its own.
    apt = ["apt-get", "-qq", "-y", "-o", f"Dir::State::status={status}", "-o", f"Dir::Cache::archives={archives}",
           "-o", "Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache=", "-o", "APT::Install-Recommends=false",
           "-o", "APT::Sandbox::User=root", "-o", "Debug::NoLocking=true"]
    wanted = ["install", "?essential", *packages]
    say(f"downloading {' '.join(packages + ['what is essential'])}")
    try:
        tool(apt + ["--download-only"] + wanted)
        # Told to look nowhere, apt names the file of each package.
        listing = tool(apt + ["-o", "Dir::Cache::archives=" + os.path.join(work, "none"), "--print-uris"] + wanted)
    except DebianError as error:
        raise DebianError(f"{error}; if the lists of packages are old or missing, run  apt-get update  as root") from None
    names = [words[1] for words in map(str.split, listing.splitlines()) if len(words) > 2 and words[1].endswith(".deb")]
    missing = [name for name in names if not os.path.exists(os.path.join(archives, name))]
    if missing or not names:
        raise DebianError(f"apt-get did not download {missing or packages}")
    return [os.path.join(archives, name) for name in sorted(names)]


def unpack(deb, root):
    """A package's files; what is a link to a directory stays one."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as reader:
        tool(["tar", "-x", "-p", "--keep-directory-symlink", "-C", root, "-f", "-"], stdin=reader.stdout)
    if reader.returncode != 0:
        raise DebianError(f"{deb} is damaged: remove it and try again")


def ready(root):
    """What the maintainer scripts of the base packages would have done, as far as programs need it."""
    for path in UNWANTED:
        shutil.rmtree(os.path.join(root, path), ignore_errors=True)
    for name in ("passwd", "group"):
        copy(root, f"usr/share/base-passwd/{name}.master", f"etc/{name}")
    copy(root, "usr/share/libc-bin/nsswitch.conf", "etc/nsswitch.conf")
    with open(os.path.join(root, "etc", "hosts"), "w", encoding="ascii") as stream:
        stream.write("127.0.0.1 localhost\n")
    awk = os.path.join(root, "usr", "bin", "awk")
    if not os.path.lexists(awk):
        os.symlink("mawk", awk)
    for path in ("dev", "guest", "proc", "sys", "tmp"):
        os.makedirs(os.path.join(root, path), exist_ok=True)
    tool(["ldconfig", "-X", "-r", root])
    shutil.rmtree(os.path.join(root, "var", "cache", "ldconfig"))


def copy(root, source, target):
    shutil.copyfile(os.path.join(root, source), os.path.join(root, target))


def make_image(root, path):
    """An ext4 file system without a journal, the same bytes each time."""
    content = int(tool(["du", "-s", "--block-size=1", root]).split()[0])
    with open(path, "wb") as stream:
        stream.truncate((content + SPARE + UNIT - 1) // UNIT * UNIT)
    # As root in a name space of its own, a user's files are root's.
    own = [] if os.getuid() == 0 else ["unshare", "--map-root-user"]
    tool(own + ["mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-I", "256", "-O", "^has_journal", "-U", "00000000-0000-4000-8000-000000000003",
                "-E", "hash_seed=00000000-0000-4000-8000-000000000002,lazy_itable_init=0,root_owner=0:0", "-d", root, path])
    # mke2fs takes over the times of unpacking.
    count = dict(line.split(":", 1) for line in tool(["dumpe2fs", "-h", path]).splitlines() if ":" in line)
    used = int(count["Inode count"]) - int(count["Free inodes"])
    with open(path + ".times", "w", encoding="ascii") as stream:
        for inode in range(FIRST_INODE, used + 1):
            stream.writelines(f"set_inode_field <{inode}> {field} @{TIME}\n" for field in ("atime", "ctime", "mtime"))
    tool(["debugfs", "-w", "-f", path + ".times", path])
    os.unlink(path + ".times")
