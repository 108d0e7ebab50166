"""The tenant of a request is named by its token."""

import jwt
from django.conf import settings
from django.db import connection
from django.http import JsonResponse
from django_tenants.middleware import TenantMainMiddleware
from tenants.models import Shop


class TenantOfToken(TenantMainMiddleware):
    def process_request(self, request):
        connection.set_schema_to_public()
        try:
            token = request.headers["Authorization"].removeprefix("Bearer ")
            claims = jwt.decode(token, settings.SECRET_KEY, algorithms=["HS256"])
        except (KeyError, jwt.InvalidTokenError):
            return JsonResponse({"error": "unauthorized"}, status=401)
        if claims.get("shop"):
            request.tenant = Shop.objects.get(pk=claims["shop"])
            connection.set_tenant(request.tenant)
