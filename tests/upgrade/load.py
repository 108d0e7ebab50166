"""Sends requests to a shop through a proxy until standard input ends, then prints the results.

Eight clients place orders and read, with a new connection for each request. Failed requests are printed. At the end the
orders of the shop must be exactly those that were acknowledged. Called by tests/upgrade/run.
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
done = threading.Event()
lock = threading.Lock()
counts = collections.Counter()
failures = []
acknowledged = []
slowest = 0.0


def send(method, path, body=None):
    headers = {"Authorization": f"Bearer {token}", "Connection": "close"}
    if body is not None:
        headers |= {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    connection = http.client.HTTPConnection(host, timeout=30)
    try:
        connection.request(method, "/api/v1" + path, body, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def work():
    global slowest
    while not done.is_set():
        for method, path, body in (("POST", "/orders", order), ("GET", "/orders", None), ("GET", "/products", None)):
            began = time.monotonic()
            try:
                status, text = send(method, path, body)
            except (OSError, http.client.HTTPException) as error:
                status, text = type(error).__name__, str(error).encode()
            with lock:
                slowest = max(slowest, time.monotonic() - began)
                counts[f"{method} {path} {status}"] += 1
                if status == 201:
                    acknowledged.append(json.loads(text)["id"])
                elif status != 200:
                    failures.append(f"{method} {path}: {status} {text[:200]!r}")


def orders_in_shop():
    found, cursor = [], ""
    while True:
        status, text = send("GET", f"/orders?limit=100{cursor}")
        page = json.loads(text)
        found += [entry["id"] for entry in page["data"]]
        if page["next_cursor"] is None:
            return found
        cursor = "&cursor=" + page["next_cursor"]


clients = [threading.Thread(target=work) for _ in range(CLIENTS)]
for client in clients:
    client.start()
sys.stdin.read()
done.set()
for client in clients:
    client.join()

for line in failures[:20]:
    print(line)
for what, number in sorted(counts.items()):
    print(f"{number:7} {what}")
is_same = sorted(acknowledged) == sorted(orders_in_shop())
print(f"{sum(counts.values())} requests, {len(failures)} failed, the slowest {slowest * 1000:.0f} ms")
print(f"{len(acknowledged)} orders acknowledged, " + ("each in the shop once" if is_same else "NOT the same as in the shop"))
sys.exit(0 if is_same and not failures else 1)
