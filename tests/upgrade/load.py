"""Works in a shop through a proxy until standard input ends; then says how it went.

Eight clients place orders and read, each request over a connection of its own. What is no success is printed, and at the end
each order that was acknowledged must be in the shop once, and no other. Called by tests/upgrade/run.
"""

import collections
import http.client
import json
import sys
import threading
import time
import uuid

CLIENTS = 8
host, token, order = sys.argv[1:]
over = threading.Event()
lock = threading.Lock()
counts = collections.Counter()
failures = []
acknowledged = []
slowest = 0.0


def ask(method, path, body=None):
    headers = {"Authorization": f"Bearer {token}", "Connection": "close"}
    if body is not None:
        headers |= {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    connection = http.client.HTTPConnection(host, timeout=30)
    try:
        connection.request(method, "/api/v1" + path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def work():
    global slowest
    while not over.is_set():
        for method, path, body in (("POST", "/orders", order), ("GET", "/orders", None), ("GET", "/products", None)):
            began = time.monotonic()
            try:
                status, said = ask(method, path, body)
            except (OSError, http.client.HTTPException) as error:
                status, said = type(error).__name__, str(error).encode()
            with lock:
                slowest = max(slowest, time.monotonic() - began)
                counts[f"{method} {path} {status}"] += 1
                if status == 201:
                    acknowledged.append(json.loads(said)["id"])
                elif status != 200:
                    failures.append(f"{method} {path}: {status} {said[:200]!r}")


def in_the_shop():
    found, cursor = [], ""
    while True:
        status, said = ask("GET", f"/orders?limit=100{cursor}")
        page = json.loads(said)
        found += [entry["id"] for entry in page["data"]]
        if page["next_cursor"] is None:
            return found
        cursor = "&cursor=" + page["next_cursor"]


clients = [threading.Thread(target=work) for _ in range(CLIENTS)]
for client in clients:
    client.start()
sys.stdin.read()
over.set()
for client in clients:
    client.join()

for line in failures[:20]:
    print(line)
for what, number in sorted(counts.items()):
    print(f"{number:7} {what}")
are_right = sorted(acknowledged) == sorted(in_the_shop())
print(f"{sum(counts.values())} requests, {len(failures)} failed, the slowest {slowest * 1000:.0f} ms")
print(f"{len(acknowledged)} orders acknowledged, " + ("each in the shop once" if are_right else "NOT as they are in the shop"))
sys.exit(0 if are_right and not failures else 1)
