DROP INDEX people_created_at_idx;
