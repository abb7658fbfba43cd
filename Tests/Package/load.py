#!/usr/bin/python3
"""200 requests a second over HTTPS, from twenty addresses of this network's loopback, until the file LOAD says stop.

usage: load.py NAME LOAD: prints one line when the first answers are there, and one at the end.
"""

import http.client
import ssl
import sys
import threading
import time

NAME, LOAD = sys.argv[1:]
# Not /health: while a panel starts it says so with 503, which is an answer.
PATHS = ["/", "/health/live", "/api/stats", "/login"]
RATE, CLIENTS = 200, 20
lock = threading.Lock()
answered, failures, slowest = 0, [], 0.0


def stopped():
    with open(LOAD) as file:
        return "stop" in file.read()


def client(number):
    global answered, slowest
    context = ssl._create_unverified_context()
    connection = None
    due = time.monotonic() + number / RATE
    turn = number
    while not stopped():
        time.sleep(max(0, due - time.monotonic()))
        due += CLIENTS / RATE
        path = PATHS[turn % len(PATHS)]
        turn += 1
        begun = time.monotonic()
        for attempt in (1, 2):
            fresh = connection is None
            if fresh:
                connection = http.client.HTTPSConnection(
                    "127.0.0.1", 443, timeout=20, context=context, source_address=(f"127.1.0.{number + 1}", 0))
            try:
                connection.request("GET", path, headers={"Host": NAME})
                answer = connection.getresponse()
                answer.read()
                status = answer.status
            except Exception as error:  # whatever it was, the request got no answer
                connection.close()
                connection = None
                status = repr(error)
                # nginx may close an idle connection at any time: that request is asked again, as browsers do.
                if not fresh and attempt == 1:
                    continue
            break
        with lock:
            answered += 1
            slowest = max(slowest, time.monotonic() - begun)
            if status != 200:
                failures.append(f"{path}: {status}")


threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
begun = time.monotonic()
for thread in threads:
    thread.start()
while answered < RATE and not stopped():
    time.sleep(0.1)
print("under way", flush=True)
for thread in threads:
    thread.join()
print(
    f"ended: {answered} requests in {time.monotonic() - begun:.1f} s, {len(failures)} failed, slowest {slowest:.2f} s",
    *failures[:5], sep="\n", flush=True)
