"""The PostgreSQL server of all peers."""

import os
import pathlib
import shutil
import socket
import subprocess
import sys


class Postgres:
    """A server for all peers, with PostgreSQL's default settings and durable commits."""

    def __init__(self, scratch):
        self.directory = scratch / "postgres"
        self.programs = pathlib.Path(os.environ.get("SHOPHOUSE_PG_BIN") or programs())
        self.port = str(free_port())
        # PostgreSQL refuses to run as root.
        self.account = {"user": "postgres"} if os.getuid() == 0 else {}
        self.directory.mkdir()
        if self.account:
            shutil.chown(self.directory, "postgres")
        data = self.directory / "data"
        self.program("initdb", "--auth=trust", "--username=admin", "--encoding=UTF8", "-D", data)
        settings = f"-c port={self.port} -c listen_addresses= -c unix_socket_directories={self.directory} -c max_connections=100"
        self.program("pg_ctl", "start", "--wait", "-D", data, "-o", settings, "-l", self.directory / "log")
        self.version = self.sql("postgres", "SHOW server_version").split()[0]
        self.sql("postgres", "CREATE ROLE shophouse_owner LOGIN CREATEROLE; CREATE ROLE shophouse_web LOGIN NOINHERIT")

    def program(self, name, *arguments):
        done = subprocess.run([self.programs / name, *arguments], cwd="/", stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True, **self.account)
        if done.returncode:
            sys.exit(f"{name}: {done.stderr}")

    def sql(self, database, statements, user="admin"):
        return subprocess.run(
            [self.programs / "psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-h", self.directory, "-p", self.port, "-U", user, "-d", database],
            input=statements, check=True, capture_output=True, text=True,
        ).stdout.strip()

    def environment(self, database):
        return {"PGHOST": str(self.directory), "PGPORT": self.port, "PGUSER": "admin", "PEER_DATABASE": database}

    def stop(self):
        self.program("pg_ctl", "stop", "--mode=immediate", "-D", self.directory / "data")


def programs():
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        sys.exit("PostgreSQL is not found: set SHOPHOUSE_PG_BIN to the folder of initdb")
    return found[-1] if found else pathlib.Path(on_path).parent


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
