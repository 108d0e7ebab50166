"""The engine, and migrating one schema or all of them with Alembic."""

import os
import sys

from alembic import command
from alembic.config import Config
from models import Public, Shop
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

engine = create_engine(
    f"postgresql+psycopg://{os.environ['PGUSER']}@/{os.environ['PEER_DATABASE']}"
    f"?host={os.environ['PGHOST']}&port={os.environ['PGPORT']}"
)


def migrate(schema):
    """As Alembic's cookbook has it: the version table of each tenant is in its schema."""
    config = Config()
    config.set_main_option("script_location", os.path.dirname(os.path.abspath(__file__)))
    with engine.begin() as connection:
        connection.execute(text(f'SET LOCAL search_path TO "{schema}"'))
        connection.dialect.default_schema_name = schema
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def open_shop(schema):
    with engine.begin() as connection:
        connection.execute(text(f'CREATE SCHEMA "{schema}"'))
    migrate(schema)
    with Session(engine) as session:
        shop = Shop(schema=schema)
        session.add(shop)
        session.commit()
        return shop.id


if __name__ == "__main__":
    Public.metadata.create_all(engine)
    with Session(engine) as session:
        schemas = session.scalars(select(Shop.schema)).all()
    for schema in schemas:
        migrate(schema)
    print(f"{len(schemas)} schemas are up to date", file=sys.stderr)
