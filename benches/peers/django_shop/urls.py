"""The routes."""

from django.urls import path
from goods import views

urlpatterns = [
    path("products", views.products),
    path("products/<int:product>", views.product),
    path("orders", views.place_order),
    path("shops", views.open_shop),
]
