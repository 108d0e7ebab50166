DROP FUNCTION public.require_wall(text, text, text);
