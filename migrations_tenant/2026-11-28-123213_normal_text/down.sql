-- Nothing to undo: the release before reads these texts too.
SELECT 1;
