DROP FUNCTION public.wall_faults(text, text);
