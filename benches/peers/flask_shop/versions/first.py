"""The tables of a shop."""

from alembic import op
from models import Base

revision = "0001"
down_revision = None


def upgrade():
    Base.metadata.create_all(op.get_bind())
    op.execute("INSERT INTO counters VALUES ('order', 1000)")
