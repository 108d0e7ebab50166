"""The servers that are compared: how each is started, filled, asked and migrated."""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

from load import load
from postgres import free_port

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SECRET = "a-secret-of-the-benchmark-that-is-long-enough"
PRODUCTS = 30
# Ways to run gunicorn on a small machine, of which each application takes its fastest.
WORKERS = [["--workers=2"], ["--workers=4"], ["--workers=8"], ["--workers=2", "--threads=4"], ["--workers=4", "--threads=4"]]


class Peer:
    """A server under test."""

    process = None

    def __init__(self, postgres, scratch, options):
        self.postgres, self.scratch, self.options, self.port = postgres, scratch, options, free_port()
        self.opened = 0
        self.migrations = 0

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def spawn(self, command, environment, directory, ready):
        self.log = open(self.scratch / f"{self.name}.log", "a")
        environment = {**os.environ, **environment}
        self.process = subprocess.Popen([str(part) for part in command], env=environment, cwd=directory, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                urllib.request.urlopen(ready, timeout=5)
                return
            except urllib.error.HTTPError:
                return  # It serves.
            except OSError:
                time.sleep(0.002)
        sys.exit(f"{self.name} does not start: {(self.scratch / f'{self.name}.log').read_text()[-2000:]}")

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()
            self.process = None

    def open_shop(self):
        self.opened += 1
        return call("POST", self.url(self.base + "/shops"), self.token(), {"name": "Books", "slug": f"books-{self.opened}"})["id"]

    def requests(self, kind):
        """Two thousand requests for shops at random."""
        chosen = random.Random(kind)
        for _ in range(2000):
            shop = chosen.choice(self.shops)
            product, *others = chosen.sample(self.products[shop], 3)
            token = self.token(shop)
            if kind == "read":
                yield "GET", f"{self.base}/products/{product[0]}", token, ""
            elif kind == "list":
                yield "GET", f"{self.base}/products?limit=20", token, ""
            else:
                lines = [{self.variant: other[1], "quantity": 1} for other in others]
                yield "POST", f"{self.base}/orders", token, json.dumps({"lines": lines})


class Shophouse(Peer):
    name, base, variant = "Shophouse", "/api/v1", "variant_id"

    def prepare(self):
        for statement in [
            "CREATE DATABASE shophouse OWNER shophouse_owner",
            "REVOKE ALL ON DATABASE shophouse FROM PUBLIC",
            "GRANT CONNECT ON DATABASE shophouse TO shophouse_owner, shophouse_web",
        ]:
            self.postgres.sql("postgres", statement)
        self.postgres.sql("shophouse", "ALTER SCHEMA public OWNER TO shophouse_owner; REVOKE ALL ON SCHEMA public FROM PUBLIC")
        # Into a file of its own folder: it reads Rocket.toml where it starts.
        self.directory = self.scratch / "shophouse"
        self.directory.mkdir()
        self.start()
        person = {"email": "ada@example.com", "password": "correct horse battery", "name": "Ada"}
        call("POST", self.url(self.base + "/auth/register"), None, person)
        login = {"email": person["email"], "password": person["password"]}
        self.first_token = call("POST", self.url(self.base + "/auth/login"), None, login)["access_token"]
        self.shops = [self.open_shop() for _ in range(self.options.shops)]
        self.products = {}
        rows = ["Handle,Title,Body (HTML),Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,"
                "Variant Inventory Qty,Variant Price,Image Src,Status"]
        for number in range(PRODUCTS):
            text = f"product-{number},Product {number},{'What is to be said of it. ' * 10},Maker,Size"
            rows.append(f"{text},S,S-{number},shopify,900000000,10.00,https://images.example/{number}-1.jpg,active")
            rows.append(f"product-{number},,,,,L,L-{number},shopify,900000000,12.00,https://images.example/{number}-2.jpg,")
        for shop in self.shops:
            token = self.token(shop)
            call("POST", self.url(self.base + "/products/import"), token, "\n".join(rows) + "\n", "text/csv")
            items = call("GET", self.url(self.base + "/products?limit=100"), token)["data"]
            self.products[shop] = [(item["id"], item["variants"][0]["id"]) for item in items]

    def settings(self):
        limits = re.findall(r"^\| `(\w+)` \| \d+ \|", (ROOT / "docs/limits.md").read_text(), re.M)
        at = f"{self.postgres.directory}&port={self.postgres.port}"
        return {
            "DATABASE_URL": f"postgresql://shophouse_web@/shophouse?host={at}",
            "SHOPHOUSE_MIGRATION_URL": f"postgresql://shophouse_owner@/shophouse?host={at}",
            "SHOPHOUSE_SECRET": SECRET, "ROCKET_PORT": str(self.port), "SHOPHOUSE_DATA_DIR": str(self.directory),
            **{f"SHOPHOUSE_LIMIT_{limit.upper()}": "0" for limit in limits},
        }

    def start(self):
        self.spawn([self.options.binary], self.settings(), self.directory, self.url("/health/ready"))

    def token(self, shop=None):
        """Access tokens end after ten minutes, so each is signed anew as the server does it."""
        header, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in self.first_token.split(".")[:2])
        now = int(time.time())
        claims |= {"iat": now, "exp": now + 600} | ({"shop": shop} if shop else {})
        return signed(header, claims)

    def make_migration_due(self):
        """Reverts the newest migration in all shops, as if it were new."""
        self.stop()
        newest, before = sorted((path for path in (ROOT / "migrations_tenant").iterdir() if path.is_dir()), reverse=True)[:2]
        version, previous = (re.sub(r"\D", "", path.name.split("_")[0]) for path in [newest, before])
        down = (newest / "down.sql").read_text()
        for schema in self.postgres.sql("shophouse", "SELECT 'shop_' || replace(id::text, '-', '') FROM shops").split():
            self.postgres.sql("shophouse", f"BEGIN; SET LOCAL ROLE shophouse_owner; SET LOCAL search_path TO {schema}; {down};"
                              f"DELETE FROM __diesel_schema_migrations WHERE version = '{version}'; COMMIT")
        self.postgres.sql("shophouse", f"UPDATE shops SET schema_version = '{previous}'")

    def migrate(self):
        subprocess.run([self.options.binary, "migrate"], env={**os.environ, **self.settings()}, cwd=self.directory,
                       check=True, capture_output=True)

    def versions(self):
        return f"{subprocess.run([self.options.binary, '--version'], capture_output=True, text=True).stdout.strip()}, its defaults without limits on rates"


class PythonPeer(Peer):
    """A Python application under gunicorn, whose tokens hold the tenant's number."""

    base, variant = "", "variant"

    def __init__(self, postgres, scratch, options, python):
        super().__init__(postgres, scratch, options)
        self.python = python
        self.directory = scratch / self.folder
        shutil.copytree(HERE / self.folder, self.directory)
        self.environment = postgres.environment(self.folder) | {"PEER_SECRET": SECRET}
        self.workers = WORKERS[0]

    def run(self, *command):
        done = subprocess.run([self.python / "python", *command], env={**os.environ, **self.environment}, cwd=self.directory,
                              capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{self.name}: {command}: {done.stderr[-3000:]}")

    def prepare(self):
        self.postgres.sql("postgres", f"CREATE DATABASE {self.folder}")
        self.make_tables()
        self.serve()
        self.shops = [self.open_shop() for _ in range(self.options.shops)]
        self.fill()
        self.choose_workers()

    def choose_workers(self):
        rates = []
        for workers in WORKERS:
            self.stop()
            self.workers = workers
            self.serve()
            rates.append((load(self, "read", 2, self.scratch), workers))
        self.stop()
        self.workers = max(rates)[1]
        self.serve()

    def fill(self):
        """The same products as everybody has, with ids that count up from 1."""
        statements = "\n".join(
            f"""SET search_path TO "{schema}"; DELETE FROM {self.tables['counter']};
                INSERT INTO {self.tables['counter']} VALUES ('order', 1000);
                INSERT INTO {self.tables['product']} (handle, title, description, vendor, status, created_at)
                    SELECT 'product-' || n, 'Product ' || n, repeat('What is to be said of it. ', 10), 'Maker', 'active', now()
                    FROM generate_series(1, {PRODUCTS}) n;
                INSERT INTO {self.tables['variant']} (product_id, sku, size, price, stock)
                    SELECT p.id, s || p.id, s, 1000, 900000000 FROM {self.tables['product']} p, unnest('{{S,L}}'::text[]) s;
                INSERT INTO {self.tables['image']} (product_id, url, alt)
                    SELECT p.id, 'https://images.example/' || n, '' FROM {self.tables['product']} p, generate_series(1, 2) n;"""
            for schema in (f"books_{number + 1}" for number in range(self.options.shops))
        )
        self.postgres.sql(self.folder, statements)
        self.postgres.sql(self.folder, "VACUUM ANALYZE")
        self.products = {shop: [(n + 1, 2 * n + 1) for n in range(PRODUCTS)] for shop in self.shops}

    def token(self, shop=None):
        claims = {"exp": int(time.time()) + 600} | ({"shop": shop} if shop else {})
        return signed({"alg": "HS256", "typ": "JWT"}, claims)

    def serve(self):
        command = [self.python / "gunicorn", *self.workers, f"--bind=127.0.0.1:{self.port}", self.application]
        self.spawn(command, self.environment, self.directory, self.url("/products"))

    def start(self):
        """As they are deployed: first the migrations, of which none is due, then the server."""
        self.migrate()
        self.serve()

    def versions(self):
        found = subprocess.run([self.python / "pip", "list", "--format=freeze"], capture_output=True, text=True).stdout
        wanted = [line for line in found.split() if line.lower().split("==")[0] in self.packages]
        return f"{', '.join(wanted)}; gunicorn {' '.join(self.workers)}"


class Django(PythonPeer):
    name, folder, application = "django-tenants", "django_shop", "wsgi"
    packages = ["django", "django-tenants", "psycopg", "gunicorn"]
    tables = {"product": "goods_product", "variant": "goods_variant", "image": "goods_image", "counter": "goods_counter"}

    def make_tables(self):
        self.run("manage.py", "makemigrations", "--verbosity=0", "tenants", "goods")
        self.run("manage.py", "migrate_schemas", "--shared", "--verbosity=0")

    def make_migration_due(self):
        self.migrations += 1
        models = self.directory / "goods/models.py"
        field = f"    handle = models.TextField(unique=True)\n    added_{self.migrations} = models.BigIntegerField(null=True)\n"
        models.write_text(models.read_text().replace("    handle = models.TextField(unique=True)\n", field))
        self.run("manage.py", "makemigrations", "--verbosity=0", "goods")

    def migrate(self):
        # In several processes, as its documentation shows.
        self.run("manage.py", "migrate_schemas", "--executor=multiprocessing", "--verbosity=0")


class Flask(PythonPeer):
    name, folder, application = "Flask, SQLAlchemy", "flask_shop", "app:app"
    packages = ["flask", "sqlalchemy", "alembic", "psycopg", "gunicorn"]
    tables = {"product": "products", "variant": "variants", "image": "images", "counter": "counters"}

    def make_tables(self):
        self.migrate()

    def make_migration_due(self):
        self.migrations += 1
        number = self.migrations + 1
        (self.directory / f"versions/added_{number}.py").write_text(
            f"from alembic import op\nfrom sqlalchemy import BigInteger, Column\n\n"
            f"revision = '{number:04}'\ndown_revision = '{number - 1:04}'\n\n\n"
            f"def upgrade():\n    op.add_column('products', Column('added_{number}', BigInteger))\n"
        )

    def migrate(self):
        self.run("database.py")


def call(method, url, token=None, body=None, kind="application/json"):
    """The JSON of a response, which must be a success."""
    data = body.encode() if isinstance(body, str) else None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers={"Content-Type": kind})
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=120) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        sys.exit(f"{method} {url}: {error.code} {error.read().decode()}")


def signed(header, claims):
    """A JSON Web Token."""
    text = ".".join(encoded(json.dumps(part).encode()) for part in [header, claims])
    return f"{text}.{encoded(hmac.digest(SECRET.encode(), text.encode(), hashlib.sha256))}"


def encoded(content):
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
