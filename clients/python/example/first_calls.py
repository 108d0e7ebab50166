# Needs clients/python of the repository.
import sys
from shophouse import Shophouse, ok
from shophouse.generated.api.auth import register
from shophouse.generated.api.products import create_product
from shophouse.generated.api.shops import open_shop
from shophouse.generated.models import NewProduct, NewShop, Price, Registration
shop = Shophouse(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
email, password = "ada@example.com", "correct horse"

# 1. Register.
ok(register.sync(client=shop.client, body=Registration(email=email, password=password, name="Ada")))

# 2. Sign in: from now on the client keeps its tokens fresh.
shop.sign_in(email, password)

# 3. Open a shop.
ok(open_shop.sync(client=shop.client, body=NewShop(name="The Loft", slug="the-loft", currency="EUR")))

# 4. Go on in the shop: a token shows nothing of any other.
shop.switch_to("the-loft")

# 5. Add a product.
product = ok(create_product.sync(client=shop.client, body=NewProduct(title="Linen Shirt", price=Price(amount=5900), stock=5)))
print(product.handle, product.variants[0].stock)
