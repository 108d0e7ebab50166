-- Addresses are compared in NFC, and have no hidden characters (src/http/request/text.rs, is_hidden). Those that were stored
-- before get this form, so that their users can still sign in. Where another user has the address already, the row stays as
-- it was: `shophouse status` lists it.
UPDATE users SET email = normal.email
FROM (
    SELECT DISTINCT ON (email) id, email
    FROM (
        SELECT id, email AS stored, normalize(regexp_replace(
            email,
            '[\u0080-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164'
            || '\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff]',
            '', 'g'
        ), NFC) AS email
        FROM users
    ) AS every
    WHERE email <> stored AND email LIKE '_%@_%'
    ORDER BY email, id
) AS normal
WHERE users.id = normal.id AND NOT EXISTS (SELECT FROM users AS other WHERE other.email = normal.email);

-- An invitation is of use to nobody when the same person has another one to the shop.
UPDATE invitations SET email = normal.email
FROM (
    SELECT DISTINCT ON (shop_id, email) id, shop_id, email
    FROM (
        SELECT id, shop_id, email AS stored, normalize(regexp_replace(
            email,
            '[\u0080-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164'
            || '\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff]',
            '', 'g'
        ), NFC) AS email
        FROM invitations
    ) AS every
    WHERE email <> stored AND email LIKE '_%@_%'
    ORDER BY shop_id, email, id
) AS normal
WHERE invitations.id = normal.id
    AND NOT EXISTS (
        SELECT FROM invitations AS other WHERE other.shop_id = normal.shop_id AND other.email = normal.email
    );
