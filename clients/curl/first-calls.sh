# Needs curl and jq.
API=${1:-http://127.0.0.1:8000}/api/v1
JSON='Content-Type: application/json'

# 1. Register.
curl -sf "$API/auth/register" -H "$JSON" \
  -d '{"email": "ada@example.com", "password": "correct horse", "name": "Ada"}'

# 2. Sign in: the token is good for ten minutes.
TOKEN=$(curl -sf "$API/auth/login" -H "$JSON" \
  -d '{"email": "ada@example.com", "password": "correct horse"}' | jq -r .access_token)

# 3. Open a shop.
curl -sf "$API/shops" -H "$JSON" -H "Authorization: Bearer $TOKEN" \
  -d '{"name": "The Loft", "slug": "the-loft", "currency": "EUR"}'

# 4. Get a token for the shop: a token shows nothing of any other.
TOKEN=$(curl -sf "$API/auth/switch" -H "$JSON" -H "Authorization: Bearer $TOKEN" \
  -d '{"shop": "the-loft"}' | jq -r .access_token)

# 5. Add a product.
curl -sf "$API/products" -H "$JSON" -H "Authorization: Bearer $TOKEN" \
  -d '{"title": "Linen Shirt", "price": {"amount": 5900}, "stock": 5}'
