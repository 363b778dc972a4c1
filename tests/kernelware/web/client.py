#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Tests of kernelware/examples/web from the client's side: starts the server and
prints TAP. Wants a directory on an ordinary disk and one on tmpfs.

usage: client.py TRANSFER DIRECTORY TMPFS COMMAND...
"""
import hashlib
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

PORT = 8099
LARGE = 8 << 20


class Connection:
    """A client's connection, and what came on it and was not looked at."""

    def __init__(self, receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(60)
        self.socket.connect(("127.0.0.1", PORT))
        self.rest = b""

    def send(self, data):
        self.socket.sendall(data)

    def more(self, size=1 << 16):
        data = self.socket.recv(size)
        self.rest += data
        return data

    def head(self):
        """(status, {field: value})"""
        while b"\r\n\r\n" not in self.rest:
            if not self.more():
                raise AssertionError(f"the connection ended with {self.rest!r}")
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        lines = head.decode("ascii").split("\r\n")
        if not lines[0].startswith("HTTP/1.1 "):
            raise AssertionError(f"the answer begins with {lines[0]!r}")
        return int(lines[0].split()[1]), dict(line.lower().split(": ", 1) for line in lines[1:])

    def body(self, size):
        while len(self.rest) < size and self.more():
            pass
        body, self.rest = self.rest[:size], self.rest[size:]
        return body

    def ended(self):
        """Has the server closed, with nothing more to come?"""
        return not self.rest and not self.more()

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self):
        self.socket.close()


def get(path, method="GET", fields="", version="HTTP/1.1"):
    return f"{method} {path} {version}\r\nHost: localhost\r\n{fields}\r\n".encode("latin-1")


def ask(request, method="GET"):
    """(status, fields, body, did the server close) of one request on a connection of its own."""
    connection = Connection()
    connection.send(request)
    status, fields = connection.head()
    body = b"" if method == "HEAD" else connection.body(int(fields["content-length"]))
    closed = fields["connection"] == "close" and connection.ended()
    connection.close()
    return status, fields, body, closed


class Site:
    """The directory that is served."""

    def __init__(self, directory, tmpfs):
        self.directory = directory
        self.data = {}
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(os.path.join(directory, "sub"))
        generator = random.Random(1)
        for size in (0, 1, 4095, 4096, 4097, 65536, 1000003, LARGE):
            self.put(str(size), generator.randbytes(size))
        self.put("sub/index.html", b"<p>index\n")
        self.put("a b%.txt", b"name\n")
        self.put("forbidden", b"no\n")
        with open(self.path("sparse"), "wb") as stream:
            stream.truncate(300000)
            stream.seek(100000)
            stream.write(b"middle")
        with open(self.path("sparse"), "rb") as stream:
            self.data["sparse"] = stream.read()
        os.symlink("4097", self.path("inside"))
        os.symlink("/etc/passwd", self.path("outside"))
        os.mkfifo(self.path("fifo"))
        shutil.rmtree(tmpfs, ignore_errors=True)
        os.makedirs(tmpfs)
        self.tmpfs = tmpfs

    def path(self, name):
        return os.path.join(self.directory, name)

    def put(self, name, content):
        with open(self.path(name), "wb") as stream:
            stream.write(content)
        self.data[name] = content


class Server:
    """The program under test."""

    def __init__(self, command, transfer, directory):
        self.process = subprocess.Popen([*command, "-p", str(PORT), "-t", transfer, directory], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if f"by {transfer}" not in line:
            raise SystemExit(f"Bail out! the server does not start: {line!r}")
        self.idle = self.files()

    def files(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def settled(self):
        """All that connections needed is closed again."""
        for _ in range(100):
            if self.files() == self.idle:
                return True
            time.sleep(0.05)
        return False

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait()


def equal(found, wanted):
    if found != wanted:
        raise AssertionError(f"found {str(found)[:300]}, wanted {str(wanted)[:300]}")


def same(name, found, wanted):
    """The same bytes? If not: how many, and where the first other one is."""
    if found != wanted:
        at = next((i for i, (a, b) in enumerate(zip(found, wanted)) if a != b), min(len(found), len(wanted)))
        raise AssertionError(f"{name}: {len(found)} bytes of {len(wanted)}, other ones from {at} on: {found[at:at + 16].hex()}, "
                             f"which is at {wanted.find(found[at:at + 16])}")


def test_contents(site, server):
    """files of all sizes come whole, one after the other on one connection"""
    connection = Connection()
    for _ in range(2):
        for name in ("0", "1", "4095", "4096", "4097", "65536", "1000003", str(LARGE), "sparse", "inside", "a%20b%25.txt?query"):
            connection.send(get("/" + name))
            status, fields = connection.head()
            content = site.data[{"inside": "4097", "a%20b%25.txt?query": "a b%.txt"}.get(name, name)]
            equal((name, status, int(fields["content-length"])), (name, 200, len(content)))
            same(name, connection.body(len(content)), content)
    connection.close()


def test_pipelined(site, server):
    """requests that come at once are answered in their order, and a HEAD without a body"""
    names = ("4097", "1", "65536", "nothing", "1000003", "0", "4096") * 5
    connection = Connection()
    sender = threading.Thread(target=connection.send, args=(b"".join(get("/" + n) + get("/" + n, "HEAD") for n in names),))
    sender.start()
    for name in names:
        for method in ("GET", "HEAD"):
            status, fields = connection.head()
            wanted = site.data.get(name, b"404 Not Found\n")
            equal((status, int(fields["content-length"])), (200 if name in site.data else 404, len(wanted)))
            if method == "GET":
                same(name, connection.body(len(wanted)), wanted)
    sender.join()
    connection.close()


def test_slow_start(site, server):
    """a request that comes byte by byte"""
    connection = Connection()
    for byte in b"\r\n" + get("/4097"):
        connection.send(bytes([byte]))
        time.sleep(0.001)
    equal(connection.head()[0], 200)
    same("4097", connection.body(4097), site.data["4097"])
    connection.close()


def test_errors(site, server):
    """what can't be served is answered by the right status, and the connection goes on or ends as it says"""
    for request, wanted in (
            (get("/nothing"), (404, False)), (get("/1/2"), (404, False)), (get("/sub"), (301, False)), (get("/sub/"), (200, False)),
            (get("/outside"), (403, False)), (get("/../../etc/passwd"), (403, False)), (get("/sub/%2e%2e/%2e%2e/x"), (403, False)),
            (get("/sub/../1"), (200, False)), (get("/fifo"), (403, False)), (get("http://localhost/1"), (200, False)),
            (get("/" + "x" * 300), (404, False)), (get("/%zz"), (400, False)), (get("/%00"), (400, False)), (get("x"), (400, True)),
            (get("/1", version="HTTP/2.0"), (505, True)), (get("/1", version="FTP"), (400, True)), (b"GET /1\r\n\r\n", (400, True)),
            (b"GET /1 HTTP/1.1\r\n\r\n", (400, True)), (get("/1", fields="Host: x\r\n"), (400, True)), (get("/1", fields="no colon\r\n"), (400, True)),
            (get("/1", fields=" folded: x\r\n"), (400, True)), (get("/1", fields="a : b\r\n"), (400, True)), (b"\0" * 20 + get("/1"), (400, True)),
            (get("/1", "POST", "Content-Length: 3\r\n") + b"abc", (405, True)), (get("/1", "FROB"), (501, True)),
            (get("/1", fields="Transfer-Encoding: chunked\r\n"), (501, True)), (get("/1", fields="Content-Length: 3\r\n"), (413, True)),
            (get("/1", fields="Content-Length: 0\r\n"), (200, False)), (get("/" + "x" * 9000), (414, True)),
            (get("/1", fields="".join(f"x{n}: {'y' * 90}\r\n" for n in range(100))), (431, True)),
            (get("/1", fields="Connection: close\r\n"), (200, True)), (b"GET /1 HTTP/1.0\r\n\r\n", (200, True)),
            (b"GET /1 HTTP/1.0\r\nConnection: foo, Keep-Alive\r\n\r\n", (200, False))):
        status, fields, body, closed = ask(request)
        equal((request[:60], (status, closed)), (request[:60], wanted))
        equal(status in (200, 301) or body.startswith(str(status).encode()), True)
        if status == 301:
            equal(fields["location"], "/sub/")
    equal(ask(get("/1", "POST"))[1]["allow"], "get, head")
    equal(ask(get("/nothing", "HEAD"), "HEAD")[0], 404)
    os.chmod(site.path("forbidden"), 0)
    if os.getuid() != 0:
        equal(ask(get("/forbidden"))[0], 403)


def test_late_answer(site, server):
    """an error's answer arrives although the server has not read all that was sent"""
    connection = Connection()
    connection.send(get("/1", "POST", "Content-Length: 2000000\r\n"))
    try:
        connection.send(b"x" * 2000000)
    except ConnectionError:
        pass
    equal(connection.head()[0], 405)
    connection.close()


def test_slow_reader(site, server):
    """a reader with a small buffer and many pauses gets the same bytes"""
    connection = Connection(receive_buffer=4096)
    connection.send(get(f"/{LARGE}"))
    equal(connection.head()[0], 200)
    digest, size, pauses = hashlib.sha256(connection.rest), len(connection.rest), random.Random(2)
    while size < LARGE:
        data = connection.socket.recv(pauses.choice((1, 1000, 4096, 60000)))
        if not data:
            break
        digest.update(data)
        size += len(data)
        if pauses.random() < 0.05:
            time.sleep(0.002)
    equal((size, digest.digest() == hashlib.sha256(site.data[str(LARGE)]).digest()), (LARGE, True))
    connection.close()


def test_many(site, server):
    """300 connections at a time, each its own file"""
    connections = [Connection() for _ in range(300)]
    # More data at a time would be too much for TCP's share of a small memory.
    names = ("4097", "1", "65536", "4096", "nothing")
    for number, connection in enumerate(connections):
        connection.send(get("/" + names[number % len(names)]))
    for number, connection in enumerate(connections):
        name = names[number % len(names)]
        wanted = site.data.get(name, b"404 Not Found\n")
        connection.head()
        same(number, connection.body(len(wanted)), wanted)
        connection.close()
    equal(server.settled(), True)


def test_reset(site, server):
    """clients that reset the connection anywhere do no harm"""
    when = random.Random(3)
    for _ in range(100):
        connection = Connection(receive_buffer=when.choice((None, 4096)))
        connection.send(get(f"/{LARGE}")[:when.choice((20, 1000))])
        if when.random() < 0.8:
            connection.socket.settimeout(0.05)
            try:
                for _ in range(when.randrange(20)):
                    connection.socket.recv(when.choice((1, 100000)))
            except TimeoutError:
                pass
        connection.reset()
    equal(server.settled(), True)
    same("afterwards", ask(get("/1000003"))[2], site.data["1000003"])


def test_cold(site, server):
    """files that are not in the page cache, or half"""
    for half in (False, True):
        subprocess.run(["sync"], check=True)
        # On a guest only: others would notice.
        if os.path.exists("/guest/script"):
            with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as stream:
                stream.write("3")
        if half:
            with open(site.path(str(LARGE)), "rb") as stream:
                stream.seek(LARGE // 2)
                stream.read(100000)
        for name in (str(LARGE), "1000003", "sparse"):
            same(name, ask(get("/" + name))[2], site.data[name])


def test_shorter(site, server):
    """a file that becomes shorter while it is sent: the connection ends, the bytes before are right"""
    content = site.data[str(LARGE)]
    for left in (0, 1, LARGE // 2 + 5):
        site.put("shrinks", content)
        connection = Connection(receive_buffer=4096)
        connection.send(get("/shrinks"))
        equal(connection.head()[0], 200)
        os.truncate(site.path("shrinks"), left)
        body = connection.body(LARGE)
        equal(len(body) < LARGE, True)
        # Beyond the new end, what was under way may be there or zeros.
        same("before the end", body[:left], content[:min(left, len(body))])
        connection.close()
    equal(server.settled(), True)


def test_longer(site, server):
    """a file that becomes longer while it is sent: as long as was said"""
    content = site.data[str(LARGE)]
    site.put("grows", content)
    connection = Connection(receive_buffer=4096)
    connection.send(get("/grows", fields="Connection: close\r\n"))
    connection.head()
    with open(site.path("grows"), "ab") as stream:
        stream.write(b"more" * 5000)
    same("grows", connection.body(LARGE), content)
    equal(connection.ended(), True)
    connection.close()


def test_tmpfs(site, server):
    """files of tmpfs, holes in them too"""
    directory = site.tmpfs
    with open(os.path.join(directory, "whole"), "wb") as stream:
        stream.write(site.data["1000003"])
    with open(os.path.join(directory, "holes"), "wb") as stream:
        stream.truncate(500000)
        stream.seek(200000)
        stream.write(b"x" * 10)
    second = Server.command + ["-p", str(PORT + 1), "-t", Server.transfer, directory]
    process = subprocess.Popen(second, stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    try:
        for name, content in (("whole", site.data["1000003"]), ("holes", b"\0" * 200000 + b"x" * 10 + b"\0" * 299990)):
            with socket.create_connection(("127.0.0.1", PORT + 1), timeout=60) as connection:
                connection.sendall(get("/" + name, fields="Connection: close\r\n"))
                answer = b""
                while data := connection.recv(1 << 16):
                    answer += data
            same(name, answer.partition(b"\r\n\r\n")[2], content)
    finally:
        process.terminate()
        process.wait()


def test_end(site, server):
    """nothing is left open, and a signal ends the server"""
    equal(server.settled(), True)
    connection = Connection(receive_buffer=4096)
    connection.send(get(f"/{LARGE}"))
    connection.head()
    equal(server.end(), -signal.SIGTERM)
    connection.close()


def main():
    transfer, directory, tmpfs, *command = sys.argv[1:]
    site = Site(directory, tmpfs)
    Server.command, Server.transfer = command, transfer
    server = Server(command, transfer, directory)
    wanted = os.environ.get("TESTS", "").split()
    tests = [function for name, function in globals().items() if name.startswith("test_") and (not wanted or name[5:] in wanted)]
    print(f"1..{len(tests)}")
    failed = 0
    for number, test in enumerate(tests, 1):
        try:
            test(site, server)
            print(f"ok {number} - {transfer}: {test.__doc__}", flush=True)
        except (AssertionError, OSError) as error:
            failed += 1
            print(f"not ok {number} - {transfer}: {test.__doc__}\n# {type(error).__name__}: {error}", flush=True)
    if server.process.poll() is None:
        server.process.kill()
    shutil.rmtree(directory)
    shutil.rmtree(tmpfs)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
