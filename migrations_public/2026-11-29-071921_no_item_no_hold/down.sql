ALTER FUNCTION public.begin_hold(uuid, timestamptz) CALLED ON NULL INPUT;
