"""Reading products, placing an order, and opening a shop."""

import json

from django.db import transaction
from django.db.models import F
from django.http import JsonResponse
from tenants.models import Shop

from .models import Counter, Order, OrderLine, Product, StockMovement, Variant


def shown(product):
    return {
        "id": product.id,
        "handle": product.handle,
        "title": product.title,
        "description": product.description,
        "vendor": product.vendor,
        "status": product.status,
        "created_at": product.created_at,
        "variants": [
            {"id": v.id, "sku": v.sku, "size": v.size, "price": v.price, "stock": v.stock}
            for v in product.variants.all()
        ],
        "images": [{"id": i.id, "url": i.url, "alt": i.alt} for i in product.images.all()],
    }


def product(request, product):
    return JsonResponse(shown(Product.objects.prefetch_related("variants", "images").get(pk=product)))


def products(request):
    found = Product.objects.filter(status="active").order_by("-created_at", "-id")
    found = found.prefetch_related("variants", "images")[:20]
    return JsonResponse({"items": [shown(product) for product in found]})


@transaction.atomic
def place_order(request):
    wanted = {line["variant"]: line["quantity"] for line in json.loads(request.body)["lines"]}
    locked = Variant.objects.select_for_update(of=("self",)).select_related("product")
    variants = list(locked.filter(pk__in=wanted, product__status="active").order_by("pk"))
    if len(variants) < len(wanted) or any(v.stock < wanted[v.pk] for v in variants):
        return JsonResponse({"error": "out_of_stock"}, status=409)
    for variant in variants:
        Variant.objects.filter(pk=variant.pk).update(stock=F("stock") - wanted[variant.pk])
    counter = Counter.objects.select_for_update().get(pk="order")
    counter.value += 1
    counter.save()
    total = sum(v.price * wanted[v.pk] for v in variants)
    order = Order.objects.create(number=counter.value, status="pending", total=total)
    lines = [
        OrderLine(order=order, variant=v, title=v.product.title, quantity=wanted[v.pk], unit_price=v.price)
        for v in variants
    ]
    OrderLine.objects.bulk_create(lines)
    StockMovement.objects.bulk_create(
        StockMovement(variant=v, order=order, delta=-wanted[v.pk]) for v in variants
    )
    return JsonResponse({"id": order.id, "number": order.number, "total": order.total}, status=201)


def open_shop(request):
    name = json.loads(request.body)["slug"].replace("-", "_")
    shop = Shop(schema_name=name, name=name)
    shop.save()
    return JsonResponse({"id": shop.id}, status=201)
