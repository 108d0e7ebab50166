DROP TABLE applied_migrations;
