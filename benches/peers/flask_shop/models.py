"""The shops in `public`, and what each shop has in its schema: SQLAlchemy writes it in by `schema_translate_map`."""

from datetime import datetime, timezone

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Public(DeclarativeBase):
    metadata = MetaData(schema="public")


class Shop(Public):
    __tablename__ = "shops"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    schema: Mapped[str] = mapped_column(Text, unique=True)


class Base(DeclarativeBase):
    pass


def key():
    return mapped_column(BigInteger, Identity(), primary_key=True)


def now():
    return mapped_column(DateTime(timezone=True), default=lambda: datetime.now(timezone.utc))


class Product(Base):
    __tablename__ = "products"
    __table_args__ = (Index("products_by_age", "status", "created_at", "id"),)
    id: Mapped[int] = key()
    handle: Mapped[str] = mapped_column(Text, unique=True)
    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    vendor: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = now()
    variants: Mapped[list["Variant"]] = relationship(back_populates="product", order_by="Variant.id")
    images: Mapped[list["Image"]] = relationship(order_by="Image.id")


class Variant(Base):
    __tablename__ = "variants"
    id: Mapped[int] = key()
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), index=True)
    sku: Mapped[str] = mapped_column(Text)
    size: Mapped[str] = mapped_column(Text)
    price: Mapped[int] = mapped_column(BigInteger)
    stock: Mapped[int] = mapped_column(BigInteger)
    product: Mapped[Product] = relationship(back_populates="variants")


class Image(Base):
    __tablename__ = "images"
    id: Mapped[int] = key()
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), index=True)
    url: Mapped[str] = mapped_column(Text)
    alt: Mapped[str] = mapped_column(Text)


class Counter(Base):
    __tablename__ = "counters"
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = key()
    number: Mapped[int] = mapped_column(BigInteger, unique=True)
    status: Mapped[str] = mapped_column(Text)
    total: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = now()


class OrderLine(Base):
    __tablename__ = "order_lines"
    id: Mapped[int] = key()
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"), index=True)
    title: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int] = mapped_column(BigInteger)
    unit_price: Mapped[int] = mapped_column(BigInteger)


class StockMovement(Base):
    __tablename__ = "stock_movements"
    id: Mapped[int] = key()
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id", ondelete="CASCADE"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    delta: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = now()
