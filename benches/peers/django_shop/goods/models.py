"""What each shop has, in its schema."""

from django.db import models


class Product(models.Model):
    handle = models.TextField(unique=True)
    title = models.TextField()
    description = models.TextField()
    vendor = models.TextField()
    status = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["status", "created_at", "id"], name="products_by_age")]


class Variant(models.Model):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    sku = models.TextField()
    size = models.TextField()
    price = models.BigIntegerField()
    stock = models.BigIntegerField()


class Image(models.Model):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    url = models.TextField()
    alt = models.TextField()


class Counter(models.Model):
    name = models.TextField(primary_key=True)
    value = models.BigIntegerField()


class Order(models.Model):
    number = models.BigIntegerField(unique=True)
    status = models.TextField()
    total = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)


class OrderLine(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT)
    title = models.TextField()
    quantity = models.BigIntegerField()
    unit_price = models.BigIntegerField()


class StockMovement(models.Model):
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE)
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    delta = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
