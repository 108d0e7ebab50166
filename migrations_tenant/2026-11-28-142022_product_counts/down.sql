DELETE FROM counters WHERE name IN ('products', 'variants');
