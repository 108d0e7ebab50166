DROP TABLE images;
DROP TABLE variants;
DROP TABLE products;
