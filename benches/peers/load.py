"""Requests to a server, sent by wrk."""

import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
CLIENTS = 16


def say(text):
    print(text, file=sys.stderr, flush=True)


def load(peer, kind, seconds, scratch):
    """Responses a second; an error is an error of the benchmark."""
    file = scratch / f"{kind}.requests"
    file.write_text("".join("\t".join(request) + "\n" for request in peer.requests(kind)))
    command = ["wrk", "--threads=2", f"--connections={CLIENTS}", "--latency", "--timeout=30s", f"--script={HERE}/requests.lua"]
    found = None
    for duration in [2, seconds]:
        done = subprocess.run(
            [*command, f"--duration={duration}s", f"http://127.0.0.1:{peer.port}"],
            env={**os.environ, "LOAD_FILE": str(file)}, check=True, capture_output=True, text=True,
        )
        found = re.search(r"^RESULT (\d+) (\d+) (\d+) ", done.stdout, re.M)
    requests, microseconds, errors = map(int, found.groups())
    if errors:
        sys.exit(f"{peer.name}: {errors} of {requests} requests failed: {kind}\n{done.stdout}")
    return requests * 1e6 / microseconds
