-- Nothing to undo: the release before reads these addresses too.
SELECT 1;
