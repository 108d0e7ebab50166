DROP TABLE address_proofs;
ALTER TABLE users DROP COLUMN email_verified_at;
