// A tour of the API, which the test suite runs: node dist/example/tour.js http://127.0.0.1:8000

import assert from "node:assert/strict";
import { ApiError, Shophouse, each, ok, refused } from "../src/index.js";

const baseUrl = process.argv[2] ?? "http://127.0.0.1:8000";
const mark = Date.now().toString(36);
const password = "correct horse";

// Register, sign in, open a shop, and go on in it.
const shop = new Shophouse({ baseUrl, tries: 9 });
const email = `ada-${mark}@example.com`;
await ok(shop.api.POST("/api/v1/auth/register", { body: { email, password, name: "Ada" } }));
await shop.signIn({ email, password });
const slug = `loft-${mark}`;
const opened = await ok(shop.api.POST("/api/v1/shops", { body: { name: "Loft", slug, currency: "EUR" } }));
assert.equal(opened.state, "active");
await shop.switchTo(slug);

// A product with two variants; what is not needed may be left out.
const shirt = await ok(
  shop.api.POST("/api/v1/products", {
    body: {
      title: "Linen Shirt",
      options: ["Size"],
      variants: [
        { options: { Size: "S" }, price: { amount: 5900 }, stock: 5 },
        { options: { Size: "M" }, price: { amount: 5900 }, stock: 1 },
      ],
    },
  }),
);
const [small, medium] = shirt.variants;
assert(small && medium);

// An order, paid and refunded.
const order = await ok(
  shop.api.POST("/api/v1/orders", {
    body: {
      lines: [{ variant_id: small.id, quantity: 2 }],
      shipping_address: { name: "Bo", city: "Delft", country: "NL" },
    },
  }),
);
assert.deepEqual(order.total, { amount: 11800, currency: "EUR" });
assert.equal(order.shipping_address?.city, "Delft");
const path = { params: { path: { id: order.id } } };
assert.equal((await ok(shop.api.POST("/api/v1/orders/{id}/pay", path))).status, "paid");
assert.equal((await ok(shop.api.POST("/api/v1/orders/{id}/refund", path))).status, "refunded");

// Errors by code: as a value, whose codes are a closed set …
const again = await shop.api.POST("/api/v1/orders/{id}/pay", path);
switch (again.error?.code) {
  case "invalid_transition":
    break;
  // @ts-expect-error: no such code
  case "nonsense":
  default:
    assert.fail(`${again.response.status}`);
}
// … or thrown, with the place of each wrong field.
try {
  await ok(shop.api.POST("/api/v1/products", { body: { title: "", price: { amount: 1 } } }));
  assert.fail("an empty title");
} catch (error) {
  assert(error instanceof ApiError && error.code === "invalid_field");
  assert.equal(error.problem.errors?.[0]?.pointer, "/title");
}

// Pages, one after the other.
for (const title of ["Cap", "Scarf", "Belt"]) {
  await ok(shop.api.POST("/api/v1/products", { body: { title, price: { amount: 1500 }, stock: 9 } }));
}
const titles: string[] = [];
for await (const product of each((page) =>
  shop.api.GET("/api/v1/products", { params: { query: { limit: 2, sort: "title", ...page } } }),
)) {
  titles.push(product.title);
}
assert.deepEqual(titles, ["Belt", "Cap", "Linen Shirt", "Scarf"]);

// CSV out and in.
const csv = await ok(shop.api.GET("/api/v1/products/export", { parseAs: "text" }));
const report = await ok(
  shop.api.POST("/api/v1/products/import", {
    params: { query: { on_conflict: "update" } },
    headers: { "Content-Type": "text/csv" },
    body: csv,
    bodySerializer: (text) => text,
  }),
);
// Another answer than a report comes only to who prefers not to wait.
assert("errors_total" in report && report.errors_total === 0);

// Nobody overwrites what somebody else has changed meanwhile.
const one = { path: { id: shirt.id } };
const read = await shop.api.GET("/api/v1/products/{id}", { params: one });
const tag = read.response.headers.get("ETag") ?? "";
const change = { params: { ...one, header: { "If-Match": tag } }, body: { vendor: "Loft" } };
await ok(shop.api.PATCH("/api/v1/products/{id}", change));
assert.equal((await shop.api.PATCH("/api/v1/products/{id}", change)).error?.code, "precondition_failed");

// A race for the last piece: five buyers, one of whom gets it. Each request has an idempotency key, made by the client.
const buyers = await Promise.allSettled(
  Array.from({ length: 5 }, () =>
    ok(shop.api.POST("/api/v1/orders", { body: { lines: [{ variant_id: medium.id, quantity: 1 }] } })),
  ),
);
const [won, lost] = [buyers.filter((one) => one.status === "fulfilled"), buyers.filter((one) => one.status === "rejected")];
assert.equal(won.length, 1);
assert(lost.every((one) => refused(one.reason, "out_of_stock")));

// Tokens refresh themselves: this one says that it has ended.
const later = new Shophouse({ baseUrl, tries: 9, tokens: { ...shop.tokens!, expires_at: 0 } });
assert.equal((await ok(later.api.GET("/api/v1/me"))).email, email);
assert.notEqual(later.tokens!.refresh_token, shop.tokens!.refresh_token);
await later.signOut();
assert.equal(later.tokens, undefined);
console.log("the tour is done");
