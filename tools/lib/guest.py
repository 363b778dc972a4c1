# SPDX-License-Identifier: BSD-2-Clause
"""
Boots a distribution kernel in QEMU with an initramfs made for the occasion,
runs one script in it and collects its output, exit status and result files.
The kernel's console and the script's output come over two serial ports into
two files, so that how fast somebody reads cannot influence the guest.
"""
import os
import re
import shutil
import subprocess
import tempfile
import time

import debian
import initramfs
import kernels

HERE = os.path.join(kernels.TREE, "tools", "guest")
BUSYBOX = "/bin/busybox"
GRACE = 15		# seconds that a guest may go on after its kernel complained badly

# Status of a run that has no script's status; the script's own are below.
TIMEOUT, ERROR, DIED, COMPLAINED = 124, 125, 126, 127
MARK = "guest: script"	# what /init puts into the kernel log before the script
FATAL = re.compile(r"Kernel panic|Oops|BUG:|double fault|soft lockup|hard LOCKUP")


class Setup:
    """What to boot; the defaults are the deterministic set of docs/design/measuring.md."""

    def __init__(self):
        self.kernel = "amd64"
        self.shift = 2			# 2**shift ns of guest time an instruction; None: no icount
        self.cpu = "max,-rdrand,-rdseed"
        self.smp = 1			# more than one: without icount
        self.machine = "pc"
        self.memory = 512		# MB
        self.seed = 1
        self.kaslr = False
        self.append = []		# words for the kernel line
        self.modules = []		# the distribution's modules to load
        self.files = []			# (path here, name in /guest)
        self.script = None
        self.arguments = []
        self.environment = {}
        self.disk = 0			# MB of a virtio disk with ext4, /dev/vda
        self.card = 0			# MB of an SD card with ext4, /dev/mmcblk0
        self.network = False		# two virtio network cards joined by a cable, eth0 and eth1
        self.root = None		# Debian packages whose programs are the script's root directory
        self.qemu = []			# further arguments
        self.timeout = 300		# wall-clock seconds
        self.verbose_boot = False

    def describe(self):
        """The conditions, for a result file."""
        return {"kernel": kernels.find(self.kernel).release, "cpu": self.cpu, "qemu": " ".join(self.command("KERNEL", "INITRAMFS", "RUN", "ROOT")),
                "time": f"virtual: 1 instruction = {2 ** self.shift} ns" if self.counted() else "wall clock of the emulator"}

    def counted(self):
        return self.shift is not None and self.smp == 1

    def command(self, image, archive, run, root):
        """QEMU's command line; root: the image of self.root."""
        words = ["qemu-system-x86_64", "-no-user-config", "-nodefaults", "-display", "none", "-no-reboot",
                 "-machine", self.machine, "-accel", "tcg", "-cpu", self.cpu, "-smp", str(self.smp), "-m", f"{self.memory}M",
                 "-seed", str(self.seed), "-rtc", "base=2026-01-01,clock=vm", "-global", "hpet.msi=on",
                 "-chardev", f"file,id=console,path={run}/console", "-serial", "chardev:console",
                 "-chardev", f"file,id=script,path={run}/script", "-serial", "chardev:script",
                 "-device", "isa-debug-exit,iobase=0xf4,iosize=0x4"]
        if self.counted():
            words += ["-icount", f"shift={self.shift},sleep=off"]
        words += self.devices(run)
        if self.root is not None:
            words += root_device(root)
        # The self-tests of the crypto algorithms are half of the boot.
        line = ["console=ttyS0", "panic=-1", "random.trust_cpu=off", "cryptomgr.notests", "printk.devkmsg=on",
                "loglevel=7" if self.verbose_boot else "quiet"]
        if "rt-" in self.kernel:
            # PREEMPT_RT takes interrupts of the serial port that come while their thread runs for nobody's and turns them off.
            line += ["noirqdebug"]
        if not self.kaslr:
            line += ["nokaslr", "norandmaps"]
        words += ["-kernel", image, "-initrd", archive, "-append", " ".join(line + self.append)]
        return words + self.qemu

    def devices(self, run):
        """
        Devices. A virtio disk's requests are completed by threads of the
        emulator, at no repeatable point of the guest's time. The card's and,
        set up like this, the network's are completed by the virtual clock.
        """
        words = []
        if self.disk:
            words += ["-drive", f"file={run}/disk,if=none,id=disk,format=raw,cache=unsafe", "-device", "virtio-blk-pci,drive=disk"]
        if self.card:
            words += ["-drive", f"file={run}/card,if=none,id=card,format=raw,cache=unsafe",
                      "-device", "sdhci-pci", "-device", "sd-card,drive=card"]
        for n in (0, 1) if self.network else ():
            words += ["-netdev", f"hubport,id=net{n},hubid=0", "-device",
                      f"virtio-net-pci,netdev=net{n},mac=52:54:00:00:00:0{n + 1},tx=timer,ioeventfd=off,romfile="]
        return words

    def module_names(self):
        names = list(self.modules)
        if self.root is not None:
            names += ["nfit", "nd_pmem", "ext4"]
        if self.disk:
            names += ["virtio_pci", "virtio_blk", "ext4"]
        if self.card:
            names += ["sdhci_pci", "mmc_block", "ext4"]
        if self.network:
            names += ["virtio_pci", "virtio_net"]
        return names

    def add_load(self):
        """What tests/vm/load.sh wants: its programs, a card, a network."""
        self.card = self.card or 64
        self.network = True
        self.files += [(os.path.join(kernels.TREE, "tests", "vm", "load.sh"), "load.sh"),
                       (os.path.join(kernels.TREE, "out", "vm", "load"), "load")]

    def archive(self, kernel):
        """The initramfs."""
        archive = initramfs.Archive()
        for directory in ("bin", "dev", "guest", "modules", "mnt", "proc", "sys", "tmp"):
            archive.directory(directory)
        if not os.path.exists(BUSYBOX):
            raise initramfs.ArchiveError("/bin/busybox is missing: as root, apt-get install busybox-static")
        archive.file("bin/busybox", BUSYBOX)
        archive.link("bin/sh", "busybox")
        archive.file("init", os.path.join(HERE, "init"))
        archive.file("guest/result", os.path.join(HERE, "result"))
        archive.file("guest/start", os.path.join(HERE, "start"))
        archive.file("guest/lib.sh", os.path.join(HERE, "lib.sh"))
        archive.file("guest/log-patterns", os.path.join(HERE, "log-patterns"))
        order = initramfs.ModuleSet(kernel.modules).in_order(self.module_names()) if self.module_names() else []
        for name, content in order:
            archive.data(f"modules/{name}.ko", content)
        archive.data("guest/root", b"/dev/pmem0\n" if self.root is not None else b"")
        archive.data("modules/order", "".join(name + "\n" for name, _ in order).encode())
        environment = dict(self.environment, GUEST_KERNEL=kernel.release)
        archive.data("guest/environment", "".join(f"export {k}={quote(v)}\n" for k, v in environment.items()).encode())
        archive.data("guest/arguments", "".join(a + "\n" for a in self.arguments).encode())
        for source, name in self.files:
            archive.file("guest/" + name, source)
        archive.file("guest/script", self.script)
        return archive


unpack_kernel = kernels.unpacked


def root_device(image):
    """
    The image as a memory device: it needs no loading, is read and written by
    the guest's instructions alone, which is repeatable, and what is written
    stays in this process.
    """
    size = os.path.getsize(image) if os.path.exists(image) else 0
    return ["-machine", "nvdimm=on", "-m", "slots=1,maxmem=16G",
            "-object", f"memory-backend-file,id=root,mem-path={image},size={size},share=off", "-device", "nvdimm,memdev=root"]


def quote(text):
    return "'" + str(text).replace("'", "'\\''") + "'"


def make_disk(path, megabytes):
    """An ext4 file system in a file, the same bytes each time."""
    with open(path, "wb") as stream:
        stream.truncate(megabytes << 20)
    command = ["mke2fs", "-q", "-F", "-t", "ext4", "-U", "00000000-0000-4000-8000-000000000001",
               "-E", "hash_seed=00000000-0000-4000-8000-000000000002,lazy_itable_init=0,lazy_journal_init=0", path]
    environment = dict(os.environ, E2FSPROGS_FAKE_TIME="1767225600", PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    try:
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    except FileNotFoundError:
        raise initramfs.ArchiveError("mke2fs is missing: as root, apt-get install e2fsprogs") from None
    if done.returncode != 0:
        raise initramfs.ArchiveError(f"mke2fs failed: {done.stdout.strip()}")


class Tail:
    """Reads what was added to a file since the last look."""

    def __init__(self, path):
        open(path, "wb").close()
        self.stream = open(path, "rb")

    def read(self):
        return self.stream.read()


class Frames:
    """Splits the second serial port's bytes into the script's lines and the reports of /init."""

    def __init__(self):
        self.buffer = b""
        self.wanted = None		# (name, size) of the file that is coming
        self.files = {}
        self.status = None
        self.started = False

    def feed(self, data):
        """Returns the complete lines of the script's output."""
        self.buffer += data
        lines = []
        while self.step(lines):
            pass
        return lines

    def step(self, lines):
        if self.wanted:
            name, size = self.wanted
            if len(self.buffer) <= size:
                return False
            self.files[name] = self.buffer[:size]
            self.buffer = self.buffer[size + 1:]
            self.wanted = None
            return True
        line, newline, rest = self.buffer.partition(b"\n")
        if not newline:
            return False
        self.buffer = rest
        # A script may die in mid-line: a report need not begin one.
        text, mark, report = line.partition(b"\001")
        if text or not mark:
            lines.append(text.decode("utf-8", "replace").rstrip("\r"))
        if mark:
            self.report(report.decode("utf-8", "replace").split())
        return True

    def report(self, words):
        if words[0] == "file":
            self.wanted = (words[1], int(words[2]))
        elif words[0] == "status":
            self.status = int(words[1])
        elif words[0] == "script":
            self.started = True


class Result:
    """How a run went: status as the exit status of tools/guest/run, why in words."""

    def __init__(self, status, why, files, complaints, seconds):
        self.status = status
        self.why = why
        self.files = files
        self.complaints = complaints
        self.seconds = seconds


class Watch:
    """One running guest: passes its output on and decides when it is over."""

    def __init__(self, setup, emit, patterns):
        self.setup = setup
        self.emit = emit
        self.patterns = patterns
        self.frames = Frames()
        self.kernel_rest = b""
        self.complaints = []
        self.marked = False
        self.fatal_at = None
        self.start = time.monotonic()

    def kernel_output(self, data):
        *lines, self.kernel_rest = (self.kernel_rest + data).split(b"\n")
        for raw in lines:
            line = raw.decode("utf-8", "replace").rstrip("\r")
            self.emit("kernel", line)
            self.examine(line)

    def examine(self, line):
        # The mark is on the same port as what follows: no race with the other one.
        self.marked = self.marked or MARK in line
        if self.marked and self.patterns.search(line):
            self.complaints.append(line)
        if self.fatal_at is None and FATAL.search(line) and self.patterns.search(line):
            self.fatal_at = time.monotonic()

    def script_output(self, data):
        started = self.frames.started
        for line in self.frames.feed(data):
            self.emit("script", line)
        if self.frames.started and not started:
            self.emit("note", f"script starts after {time.monotonic() - self.start:.1f} s")

    def overdue(self):
        now = time.monotonic()
        if now - self.start > self.setup.timeout:
            return TIMEOUT, f"no end after {self.setup.timeout} s"
        if self.fatal_at and now - self.fatal_at > GRACE:
            return DIED, f"no end {GRACE} s after the kernel's complaint"
        return None

    def verdict(self, over):
        """(status, why) once QEMU has ended; over: why it was made to end, if it was."""
        for line in self.frames.files.get("kernel.log", b"").decode("utf-8", "replace").partition(MARK)[2].splitlines():
            if self.patterns.search(line) and not any(line[15:] in seen for seen in self.complaints):
                self.complaints.append(line)
        if over:
            return over
        if self.frames.status is None:
            return DIED, "the guest ended without a status" + (": " + self.complaints[0] if self.complaints else "")
        if self.frames.status == 0 and self.complaints:
            return COMPLAINED, "the kernel log complains: " + self.complaints[0]
        return self.frames.status, f"the script's exit status is {self.frames.status}"


def run(setup, emit=lambda kind, line: None, allow=()):
    """
    Run one guest. emit(kind, line) gets each line of output: kind is "kernel",
    "script" or "note". Kernel log lines that match one of the regular
    expressions in allow are no complaints. Raises KernelError, ArchiveError,
    DebianError.
    """
    kernel = kernels.find(setup.kernel)
    with open(os.path.join(HERE, "log-patterns"), encoding="ascii") as stream:
        patterns = re.compile("|".join(line.strip() for line in stream))
    if allow:
        patterns = Except(patterns, re.compile("|".join(allow)))
    base = os.path.join(kernels.TREE, "out", "guest")
    os.makedirs(base, exist_ok=True)
    directory = tempfile.mkdtemp(prefix="run-", dir=base)
    try:
        archive = os.path.join(directory, "initramfs")
        with open(archive, "wb") as stream:
            setup.archive(kernel).write(stream)
        for name in ("disk", "card"):
            if getattr(setup, name):
                make_disk(os.path.join(directory, name), getattr(setup, name))
        # Randomising the kernel's address is done by the code that unpacks it.
        image = kernel.image if setup.kaslr else kernels.unpacked(kernel)
        root = None if setup.root is None else debian.image(setup.root, lambda text: emit("note", text))
        command = setup.command(image, archive, directory, root)
        emit("note", f"Linux {kernel.release}, " + (f"icount shift={setup.shift}" if setup.counted() else f"{setup.smp} CPU, not counted"))
        return watch(Watch(setup, emit, patterns), command, directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


class Except:
    """A pattern that also must not match another."""

    def __init__(self, pattern, exception):
        self.pattern = pattern
        self.exception = exception

    def search(self, line):
        return self.pattern.search(line) and not self.exception.search(line)


def watch(guest, command, directory):
    """Start QEMU and stay with it until it ends or is overdue."""
    console, script = Tail(os.path.join(directory, "console")), Tail(os.path.join(directory, "script"))
    errors_path = os.path.join(directory, "errors")
    with open(errors_path, "wb") as errors:
        try:
            qemu = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)
        except FileNotFoundError:
            raise initramfs.ArchiveError("qemu-system-x86_64 is missing: as root, apt-get install qemu-system-x86") from None
    over = None
    try:
        while True:
            ended = qemu.poll() is not None
            guest.kernel_output(console.read())
            guest.script_output(script.read())
            if ended:
                break
            over = guest.overdue()
            if over:
                break
            time.sleep(0.02)
    finally:
        if qemu.poll() is None:
            qemu.kill()
        qemu.wait()
    rest = console.read()
    guest.kernel_output(rest + b"\n" if guest.kernel_rest or rest else rest)
    guest.script_output(script.read())
    with open(errors_path, encoding="utf-8", errors="replace") as stream:
        for line in stream:
            if "not connected to host network" not in line:
                guest.emit("note", line.rstrip())
    status, why = guest.verdict(over)
    return Result(status, why, guest.frames.files, guest.complaints, time.monotonic() - guest.start)
