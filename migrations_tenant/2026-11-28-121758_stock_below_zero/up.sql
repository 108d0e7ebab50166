-- Stock below zero is a fact: pieces were sold that are not there. allow_oversell says what may be sold from now on. Orders
-- take stock with a statement that checks both (src/commerce/stock/movements.rs), under the lock of the row.
ALTER TABLE variants DROP CONSTRAINT variants_stock_check;
