"""Reading products, placing an order, and opening a shop."""

import os

import jwt
from database import engine, open_shop
from flask import Flask, g, jsonify, request
from models import Counter, Order, OrderLine, Product, Shop, StockMovement, Variant
from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload, selectinload

app = Flask(__name__)


@app.before_request
def enter():
    try:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        claims = jwt.decode(token, os.environ["PEER_SECRET"], algorithms=["HS256"])
    except (KeyError, jwt.InvalidTokenError):
        return jsonify(error="unauthorized"), 401
    g.connection = engine.connect()
    if claims.get("shop"):
        schema = g.connection.scalars(select(Shop.schema).where(Shop.id == claims["shop"])).one()
        g.connection = g.connection.execution_options(schema_translate_map={None: schema})
    # In the transaction that has begun.
    g.session = Session(g.connection)


@app.teardown_request
def leave(_error):
    if connection := g.pop("connection", None):
        connection.close()


def shown(product):
    return {
        "id": product.id,
        "handle": product.handle,
        "title": product.title,
        "description": product.description,
        "vendor": product.vendor,
        "status": product.status,
        "created_at": product.created_at.isoformat(),
        "variants": [
            {"id": v.id, "sku": v.sku, "size": v.size, "price": v.price, "stock": v.stock}
            for v in product.variants
        ],
        "images": [{"id": i.id, "url": i.url, "alt": i.alt} for i in product.images],
    }


WHOLE = (selectinload(Product.variants), selectinload(Product.images))


@app.get("/products/<int:product>")
def product(product):
    found = select(Product).where(Product.id == product).options(*WHOLE)
    return jsonify(shown(g.session.scalars(found).one()))


@app.get("/products")
def products():
    found = select(Product).where(Product.status == "active").options(*WHOLE)
    found = found.order_by(Product.created_at.desc(), Product.id.desc()).limit(20)
    return jsonify(items=[shown(product) for product in g.session.scalars(found)])


@app.post("/orders")
def place_order():
    wanted = {line["variant"]: line["quantity"] for line in request.get_json()["lines"]}
    locked = select(Variant).join(Variant.product).options(joinedload(Variant.product))
    locked = locked.where(Variant.id.in_(wanted), Product.status == "active")
    locked = locked.order_by(Variant.id).with_for_update(of=Variant)
    variants = g.session.scalars(locked).all()
    if len(variants) < len(wanted) or any(v.stock < wanted[v.id] for v in variants):
        return jsonify(error="out_of_stock"), 409
    for variant in variants:
        variant.stock -= wanted[variant.id]
    counted = update(Counter).where(Counter.name == "order").values(value=Counter.value + 1)
    number = g.session.scalars(counted.returning(Counter.value)).one()
    order = Order(number=number, status="pending", total=sum(v.price * wanted[v.id] for v in variants))
    g.session.add(order)
    g.session.flush()
    for v in variants:
        line = {"title": v.product.title, "quantity": wanted[v.id], "unit_price": v.price}
        g.session.add(OrderLine(order_id=order.id, variant_id=v.id, **line))
        g.session.add(StockMovement(variant_id=v.id, order_id=order.id, delta=-wanted[v.id]))
    answer = jsonify(id=order.id, number=order.number, total=order.total)
    g.session.flush()
    g.connection.commit()
    return answer, 201


@app.post("/shops")
def shops():
    return jsonify(id=open_shop(request.get_json()["slug"].replace("-", "_"))), 201
