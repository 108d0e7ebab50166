-- Search and filters, each on an index in each order. Under the wall an index serves only leakproof operators: words and
-- tags are rows of tables of their own, with plain B-trees. The collation "C" orders by the characters' numbers, the
-- same in every locale and with every version of the system's library.

-- The words of titles, folded: src/commerce/products/words.rs says how, and makes those of products written from now on.
CREATE TABLE product_words (
    word TEXT COLLATE "C" NOT NULL,
    product_id UUID NOT NULL,
    CONSTRAINT product_words_pkey PRIMARY KEY (word, product_id),
    CONSTRAINT product_words_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE
);
CREATE INDEX product_words_product_id_idx ON product_words (product_id, word);

-- The tags, folded.
CREATE TABLE product_tags (
    tag TEXT COLLATE "C" NOT NULL,
    product_id UUID NOT NULL,
    CONSTRAINT product_tags_pkey PRIMARY KEY (tag, product_id),
    CONSTRAINT product_tags_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE
);
CREATE INDEX product_tags_product_id_idx ON product_tags (product_id, tag);

DROP INDEX products_title_idx;
CREATE INDEX products_title_idx ON products (title COLLATE "C", id);
CREATE INDEX products_status_created_at_idx ON products (status, created_at, id);
CREATE INDEX products_status_title_idx ON products (status, title COLLATE "C", id);
CREATE INDEX products_vendor_created_at_idx ON products (vendor, created_at, id);
CREATE INDEX products_vendor_title_idx ON products (vendor, title COLLATE "C", id);
CREATE INDEX products_product_type_created_at_idx ON products (product_type, created_at, id);
CREATE INDEX products_product_type_title_idx ON products (product_type, title COLLATE "C", id);

-- As words.rs folds. lower() knows the letters of every script where the database's locale is UTF-8, as that of the
-- private server is; in the locale C it knows only those that are Latin once their accents are gone.
CREATE FUNCTION folded(given TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
    SELECT replace(replace(replace(replace(
        translate(
            lower(regexp_replace(
                normalize(given, NFKD),
                '[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]', '', 'g'
            )),
            'øØđĐðÐłŁıħĦŧŦςẞÆŒÞ', 'ooddddllihhttσßæœþ'
        ),
        'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th')
$$;

-- Words stand between separators; in scripts written without spaces every character may begin one.
INSERT INTO product_words (word, product_id)
SELECT DISTINCT substr(run, place, 32), id
FROM products,
    LATERAL regexp_split_to_table(
        folded(title),
        '[\u0001-/:-@[-`{-\u00bf\u00d7\u00f7\u02b9-\u02df\u0387\u055a-\u055f\u0589-\u058f\u05be\u05c0\u05c3\u05f3\u05f4'
        || '\u0600-\u060f\u061b-\u061f\u066a-\u066d\u06d4\u0964\u0965\u0e4f\u2000-\u2bff\u2e00-\u2e7f\u3000-\u3020\u30fb'
        || '\ufe00-\ufe6f\ufeff\U0001f000-\U0001faff]+'
    ) AS run,
    LATERAL generate_series(1, length(run)) AS place
WHERE place = 1
    OR substr(run, place - 1, 2)
        ~ '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]';

INSERT INTO product_tags (tag, product_id)
SELECT DISTINCT left(folded(tag), 255), id
FROM products, LATERAL unnest(tags) AS tag;

DROP FUNCTION folded(TEXT);
