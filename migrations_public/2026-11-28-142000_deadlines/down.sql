DROP FUNCTION public.change_hold(uuid, timestamptz);
DROP FUNCTION public.change_hold_in(name, uuid, timestamptz);
DROP FUNCTION public.begin_hold(uuid, timestamptz);
DROP FUNCTION public.begin_hold_in(name, uuid, timestamptz);
DROP TABLE deadlines;
ALTER TABLE shops DROP COLUMN order_hold_minutes;
