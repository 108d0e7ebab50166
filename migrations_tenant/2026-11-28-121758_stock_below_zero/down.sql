-- What is below zero keeps its stock, so it must be allowed to be.
UPDATE variants SET allow_oversell = TRUE WHERE stock < 0 AND track_stock;
ALTER TABLE variants ADD CONSTRAINT variants_stock_check CHECK (stock >= 0 OR allow_oversell OR NOT track_stock);
