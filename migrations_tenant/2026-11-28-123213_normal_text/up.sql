-- Text that identifies is compared in NFC (src/http/request/text.rs). Text that was stored before gets this form; where it
-- would clash with another row, it stays as it was. product_tags and product_words stay valid: they are folded from NFKD.

-- As in the public migration normal_emails.
UPDATE people SET email = normal.email
FROM (
    SELECT id, normalize(regexp_replace(
        email,
        '[\u0080-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164'
        || '\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff]',
        '', 'g'
    ), NFC) AS email
    FROM people
) AS normal
WHERE people.id = normal.id AND people.email <> normal.email AND normal.email LIKE '_%@_%';

UPDATE orders SET email = normal.email
FROM (
    SELECT id, normalize(regexp_replace(
        email,
        '[\u0080-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164'
        || '\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff]',
        '', 'g'
    ), NFC) AS email
    FROM orders
) AS normal
WHERE orders.id = normal.id AND orders.email <> normal.email AND normal.email LIKE '_%@_%';

-- Handles are in NFC already. Those that were made from titles with emoji may have variation selectors, and other invisible
-- marks and letters; no request finds them any more. The id makes a handle unique, and not empty.
UPDATE products SET handle = CASE
        WHEN normal.place = 1 AND normal.handle <> ''
            AND NOT EXISTS (SELECT FROM products AS other WHERE other.handle = normal.handle)
        THEN normal.handle
        ELSE concat_ws('-', nullif(left(normal.handle, 200), ''), replace(normal.id::text, '-', ''))
    END
FROM (
    SELECT id, handle, row_number() OVER (PARTITION BY handle ORDER BY id) AS place
    FROM (
        SELECT id, btrim(normalize(regexp_replace(
            handle,
            '[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]',
            '', 'g'
        ), NFC), '-') AS handle
        FROM products
        WHERE handle ~ '[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]'
    ) AS every
) AS normal
WHERE products.id = normal.id;

UPDATE products SET vendor = normalize(vendor, NFC) WHERE vendor IS NOT NFC NORMALIZED;
UPDATE products SET product_type = normalize(product_type, NFC) WHERE product_type IS NOT NFC NORMALIZED;
UPDATE products SET tags = ARRAY(
    SELECT normalize(tag, NFC)
    FROM unnest(tags) WITH ORDINALITY AS tags (tag, place)
    GROUP BY normalize(tag, NFC)
    ORDER BY min(place)
)
WHERE array_to_string(tags, ',') IS NOT NFC NORMALIZED;

UPDATE products SET options = normal.options
FROM (
    SELECT id, ARRAY(
        SELECT normalize(name, NFC) FROM unnest(options) WITH ORDINALITY AS names (name, place) ORDER BY place
    ) AS options
    FROM products
    WHERE array_to_string(options, ',') IS NOT NFC NORMALIZED
) AS normal
WHERE products.id = normal.id
    AND (SELECT count(*) = count(DISTINCT lower(name)) FROM unnest(normal.options) AS name);

UPDATE variants SET barcode = normalize(barcode, NFC) WHERE barcode IS NOT NFC NORMALIZED;
UPDATE variants SET sku = normal.sku
FROM (
    SELECT DISTINCT ON (normalize(sku, NFC)) id, normalize(sku, NFC) AS sku
    FROM variants
    WHERE sku IS NOT NFC NORMALIZED
    ORDER BY normalize(sku, NFC), id
) AS normal
WHERE variants.id = normal.id AND NOT EXISTS (SELECT FROM variants AS other WHERE other.sku = normal.sku);

UPDATE variants SET options = normal.options
FROM (
    SELECT id, product_id, ARRAY(
        SELECT normalize(value, NFC) FROM unnest(options) WITH ORDINALITY AS given (value, place) ORDER BY place
    ) AS options
    FROM variants
    WHERE array_to_string(options, ',') IS NOT NFC NORMALIZED
) AS normal
WHERE variants.id = normal.id
    AND NOT EXISTS (
        SELECT FROM variants AS other
        WHERE other.product_id = normal.product_id AND other.id <> normal.id
            AND ARRAY(
                SELECT normalize(value, NFC)
                FROM unnest(other.options) WITH ORDINALITY AS given (value, place)
                ORDER BY place
            ) = normal.options
    );
