DROP INDEX products_product_type_title_idx, products_product_type_created_at_idx;
DROP INDEX products_vendor_title_idx, products_vendor_created_at_idx;
DROP INDEX products_status_title_idx, products_status_created_at_idx;
DROP INDEX products_title_idx;
CREATE INDEX products_title_idx ON products (title, id);
DROP TABLE product_tags;
DROP TABLE product_words;
