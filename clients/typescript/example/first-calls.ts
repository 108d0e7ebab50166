// Needs clients/typescript of the repository.
import { Shophouse, ok } from "shophouse-client";
const shop = new Shophouse({ baseUrl: process.argv[2] ?? "http://127.0.0.1:8000" });
const [email, password] = ["ada@example.com", "correct horse"];

// 1. Register.
await ok(shop.api.POST("/api/v1/auth/register", { body: { email, password, name: "Ada" } }));

// 2. Sign in: from now on the client keeps its tokens fresh.
await shop.signIn({ email, password });

// 3. Open a shop.
const body = { name: "The Loft", slug: "the-loft", currency: "EUR" };
await ok(shop.api.POST("/api/v1/shops", { body }));

// 4. Go on in the shop: a token shows nothing of any other.
await shop.switchTo("the-loft");

// 5. Add a product.
const product = await ok(
  shop.api.POST("/api/v1/products", { body: { title: "Linen Shirt", price: { amount: 5900 }, stock: 5 } }),
);
console.log(product.handle, product.variants[0]?.stock);
