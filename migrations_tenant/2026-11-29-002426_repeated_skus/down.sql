-- The releases before allow a SKU once: its oldest variant keeps it.
UPDATE variants SET sku = NULL
WHERE EXISTS (SELECT FROM variants AS older WHERE older.sku = variants.sku AND older.id < variants.id);
DROP INDEX variants_sku_idx;
CREATE UNIQUE INDEX variants_sku_key ON variants (sku) WHERE sku IS NOT NULL;
