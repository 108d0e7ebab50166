-- A SKU is free text: shops use a model's number for all its sizes, and sell the same thing under two handles. What is found
-- by its SKU may be several variants.
DROP INDEX variants_sku_key;
CREATE INDEX variants_sku_idx ON variants (sku) WHERE sku IS NOT NULL;
