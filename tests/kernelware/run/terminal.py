# SPDX-License-Identifier: BSD-2-Clause
"""
A shell on a terminal, run by kw: job control by keys, the size of the window,
and the state in which it leaves the terminal.

    terminal.py KW
"""
import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time


class Terminal:
    def __init__(self, arguments):
        self.text = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(PS1="ready> ", TERM="dumb")
            os.execv(arguments[0], arguments)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 111, 0, 0))

    def wait(self, pattern, seconds=20):
        """Read until there is something that matches; forget all that came before."""
        end = time.monotonic() + seconds
        while not re.search(pattern, self.text):
            if time.monotonic() > end:
                raise SystemExit(f"no {pattern!r} in {self.text!r}")
            if select.select([self.fd], [], [], 0.1)[0]:
                try:
                    self.text += os.read(self.fd, 4096).decode()
                except OSError:
                    raise SystemExit(f"no {pattern!r} in {self.text!r}, which is all") from None
        self.text = self.text[re.search(pattern, self.text).end():]

    def type(self, keys):
        os.write(self.fd, keys.encode())


def main():
    shell = Terminal([sys.argv[1], "run", "bash", "--norc", "--noediting", "-i"])
    shell.wait("ready> ")
    shell.type("stty size\n")
    shell.wait(r"33 111\r\n(.|\n)*ready> ")
    shell.type("sleep 100\n")
    time.sleep(0.3)
    shell.type("\x1a")
    shell.wait(r"Stopped +sleep 100\r\n(.|\n)*ready> ")
    shell.type("fg\n")
    shell.wait(r"sleep 100\r\n")
    time.sleep(0.3)
    shell.type("\x03")
    shell.wait("ready> ")
    shell.type("echo status $?\n")
    shell.wait("status 130\r\n(.|\n)*ready> ")
    shell.type("(read line) &\n")
    time.sleep(0.3)
    shell.type("\n")
    shell.wait(r"Stopped +\( *read line *\)\r\n(.|\n)*ready> ")
    shell.type("kill -9 %1; wait; cat\n")
    time.sleep(0.3)
    shell.type("to cat\n")
    shell.wait("to cat\r\n(.|\n)*to cat\r\n")
    shell.type("\x04")
    shell.wait("ready> ")
    shell.type("exit 6\n")
    shell.wait("exit\r\n")
    status = os.waitpid(shell.pid, 0)[1]
    if os.waitstatus_to_exitcode(status) != 6:
        raise SystemExit(f"status {status}")


main()
