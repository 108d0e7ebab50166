-- Deleting a shop: closed at once, erased when its days of grace are over, restored until then.

-- Set while state is 'deleting': the state to return to, when deletion was asked for, and when the shop is
-- due to be erased. A shop that had failed returns to 'failed': its failure stays beside.
ALTER TABLE shops ADD COLUMN deleted_from TEXT;
ALTER TABLE shops ADD COLUMN deleted_at TIMESTAMPTZ;
ALTER TABLE shops ADD COLUMN erase_after TIMESTAMPTZ;
-- Set when the first of its tables is dropped: from then on nothing can be restored.
ALTER TABLE shops ADD COLUMN erasing_since TIMESTAMPTZ;
UPDATE shops SET deleted_from = 'active', deleted_at = updated_at, erase_after = updated_at + interval '30 days'
    WHERE state = 'deleting';
ALTER TABLE shops ADD CONSTRAINT shops_deleting_check CHECK (
    (state = 'deleting') = (deleted_from IS NOT NULL)
    AND (state = 'deleting') = (deleted_at IS NOT NULL)
    AND (state = 'deleting') = (erase_after IS NOT NULL)
    AND (state = 'deleting' OR erasing_since IS NULL)
);
-- Finds the shops that are due without reading those that are not being deleted.
CREATE INDEX shops_erase_after_idx ON shops (erase_after, id) WHERE erase_after IS NOT NULL;
