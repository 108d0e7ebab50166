"""Alembic's environment: one schema, whose connection `database.py` hands over."""

from alembic import context
from models import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
