"""The shops, in the schema `public`."""

from django.db import models
from django_tenants.models import DomainMixin, TenantMixin


class Shop(TenantMixin):
    name = models.TextField()
    auto_create_schema = True


class Domain(DomainMixin):
    pass
