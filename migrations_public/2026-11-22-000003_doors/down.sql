DROP FUNCTION public.enter(uuid, uuid, text, text, text);
DROP FUNCTION public.enter_session(uuid, uuid);
