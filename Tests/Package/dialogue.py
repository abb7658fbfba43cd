#!/usr/bin/python3
"""Runs a program on a terminal of its own, and answers its questions: a line without an end that ends with ": " or "] ".

usage: dialogue.py [WORDS=ANSWER…] -- PROGRAM [ARGUMENT…]

The first pair whose WORDS are in the question answers it, once unless it is the last one for them; every other question
gets Enter. ANSWER ^C and ^D are these keys, "!COMMAND" runs it first and then presses Enter. Prints what the terminal
showed; exits as the program did, with 99 where the terminal is left without echo, or a password was shown, and with 98
after five minutes.
"""

import fcntl
import os
import pty
import re
import subprocess
import sys
import termios
import time

split = sys.argv.index("--")
pairs = [pair.split("=", 1) for pair in sys.argv[1:split]]
command = sys.argv[split + 1:]
QUESTION = re.compile(r"(: |\] )$")


def echoes(terminal):
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


def answer(question):
    for index, (words, text) in enumerate(pairs):
        if words in question:
            if any(later == words for later, _ in pairs[index + 1:]):
                del pairs[index]
            return text
    return ""


# The terminal stays open here when the program has ended: its settings are looked at then.
terminal, inner = pty.openpty()
child = subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner, start_new_session=True,
                         preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
text, asked, own, begun, isBad = "", 0, 0.0, time.monotonic(), False
os.set_blocking(terminal, False)
while child.poll() is None:
    if time.monotonic() - begun > 300:
        print("(it did not end in five minutes)")
        child.kill()
        sys.exit(98)
    try:
        piece = os.read(terminal, 65536).decode()
    except BlockingIOError:
        time.sleep(0.01)
        continue
    sys.stdout.write(piece.replace("\r", ""))
    sys.stdout.flush()
    text += piece
    line = text.rsplit("\n", 1)[-1]
    if not QUESTION.search(line):
        continue
    asked += 1
    text = ""
    if "password" in line.lower() and echoes(terminal):
        print("(the password is shown)")
        isBad = True
    reply = answer(line)
    if reply.startswith("!"):
        before = time.monotonic()
        subprocess.run(["sh", "-ec", reply[1:]], check=True)
        own += time.monotonic() - before
        reply = ""
    keys = {"^C": b"\x03", "^D": b"\x04"}.get(reply, reply.encode() + b"\n")
    os.write(terminal, keys)
try:
    sys.stdout.write(os.read(terminal, 65536).decode().replace("\r", ""))
except BlockingIOError:
    pass
if not echoes(terminal):
    print("(the terminal is left without echo)")
    isBad = True
print(f"({asked} questions, {time.monotonic() - begun:.1f} s, of which {own:.1f} s on the nodes)")
status = child.returncode
sys.exit(99 if isBad else status if status >= 0 else 128 - status)
