"""A tour of the API, which the test suite runs: python example/tour.py http://127.0.0.1:8000"""

import io
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from shophouse import ApiError, Shophouse, Tokens, each, ok
from shophouse.generated.api.auth import register
from shophouse.generated.api.export import export_products
from shophouse.generated.api.import_ import import_products
from shophouse.generated.api.me import get_me
from shophouse.generated.api.orders import pay_order, place_order, refund_order
from shophouse.generated.api.products import create_product, get_product, list_products, update_product
from shophouse.generated.api.shops import open_shop
from shophouse.generated.models import (
    AddressInput,
    ImportProductsOnConflict,
    ImportReport,
    ListProductsSort,
    NewOrder,
    NewOrderLine,
    NewProduct,
    NewShop,
    NewVariant,
    NewVariantOptions,
    OrderStatus,
    Price,
    Problem,
    ProblemCode,
    ProductPatch,
    Registration,
    ShopState,
)
from shophouse.generated.types import File

base_url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
mark = format(time.time_ns(), "x")
email, password = f"ada-{mark}@example.com", "correct horse"

# Register, sign in, open a shop, and go on in it.
shop = Shophouse(base_url, tries=9)
ok(register.sync(client=shop.client, body=Registration(email=email, password=password, name="Ada")))
shop.sign_in(email, password)
slug = f"loft-{mark}"
opened = ok(open_shop.sync(client=shop.client, body=NewShop(name="Loft", slug=slug, currency="EUR")))
assert opened.state == ShopState.ACTIVE
shop.switch_to(slug)


# A product with two variants; what is not needed may be left out.
def variant(size: str, stock: int) -> NewVariant:
    options = NewVariantOptions()
    options["Size"] = size
    return NewVariant(options=options, price=Price(amount=5900), stock=stock)


body = NewProduct(title="Linen Shirt", options=["Size"], variants=[variant("S", 5), variant("M", 1)])
shirt = ok(create_product.sync(client=shop.client, body=body))
small, medium = shirt.variants

# An order, paid and refunded.
order = ok(
    place_order.sync(
        client=shop.client,
        body=NewOrder(
            lines=[NewOrderLine(variant_id=small.id, quantity=2)],
            shipping_address=AddressInput(name="Bo", city="Delft", country="NL"),
        ),
    )
)
assert (order.total.amount, order.total.currency) == (11800, "EUR")
assert ok(pay_order.sync(order.id, client=shop.client)).status == OrderStatus.PAID
assert ok(refund_order.sync(order.id, client=shop.client)).status == OrderStatus.REFUNDED

# Errors by code: as a value …
again = pay_order.sync(order.id, client=shop.client)
assert isinstance(again, Problem) and again.code == ProblemCode.INVALID_TRANSITION
# … or raised, with the place of each wrong field.
try:
    ok(create_product.sync(client=shop.client, body=NewProduct(title="", price=Price(amount=1))))
    raise AssertionError("an empty title")
except ApiError as error:
    assert error.code == "invalid_field"
    assert error.problem.errors and error.problem.errors[0].pointer == "/title"

# Pages, one after the other.
for title in ("Cap", "Scarf", "Belt"):
    ok(create_product.sync(client=shop.client, body=NewProduct(title=title, price=Price(amount=1500), stock=9)))
titles = [
    product.title
    for product in each(
        lambda cursor: list_products.sync(client=shop.client, limit=2, sort=ListProductsSort.TITLE, cursor=cursor)
    )
]
assert titles == ["Belt", "Cap", "Linen Shirt", "Scarf"], titles

# CSV out and in.
csv = ok(export_products.sync(client=shop.client)).payload.read()
assert csv.startswith(b"Handle,")
file = File(payload=io.BytesIO(csv))
report = ok(import_products.sync(client=shop.client, body=file, on_conflict=ImportProductsOnConflict.UPDATE))
# Another answer than a report comes only to who prefers not to wait.
assert isinstance(report, ImportReport) and report.errors_total == 0

# Nobody overwrites what somebody else has changed meanwhile.
tag = get_product.sync_detailed(shirt.id, client=shop.client).headers["ETag"]
patch = ProductPatch(vendor="Loft")
ok(update_product.sync(shirt.id, client=shop.client, body=patch, if_match=tag))
stale = update_product.sync(shirt.id, client=shop.client, body=patch, if_match=tag)
assert isinstance(stale, Problem) and stale.code == ProblemCode.PRECONDITION_FAILED


# A race for the last piece: five buyers, one of whom gets it. Each request has an idempotency key, made by the client.
def buy(_: int) -> str:
    answer = place_order.sync(
        client=shop.client, body=NewOrder(lines=[NewOrderLine(variant_id=medium.id, quantity=1)])
    )
    return answer.code if isinstance(answer, Problem) else "bought"


with ThreadPoolExecutor(5) as buyers:
    assert sorted(buyers.map(buy, range(5))) == ["bought"] + ["out_of_stock"] * 4

# Tokens refresh themselves: this one says that it has ended.
assert isinstance(shop.tokens, Tokens)
later = Shophouse(base_url, tries=9, tokens=replace(shop.tokens, expires_at=0))
assert ok(get_me.sync(client=later.client)).email == email
assert later.tokens is not None and later.tokens.refresh_token != shop.tokens.refresh_token
later.sign_out()
assert later.tokens is None
print("the tour is done")
