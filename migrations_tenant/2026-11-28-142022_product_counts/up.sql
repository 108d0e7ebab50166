-- How many products and variants there are, for the limits on them. Counting them for each new one would read them all. An
-- older release that still serves the shop does not count; when the limit is reached, everything is counted anew.
INSERT INTO counters (name, value)
VALUES ('products', (SELECT count(*) FROM products)), ('variants', (SELECT count(*) FROM variants));
