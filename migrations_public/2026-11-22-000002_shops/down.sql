DROP TABLE memberships;
DROP TABLE shops;
