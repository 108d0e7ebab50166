DROP FUNCTION public.enter_with_key(bytea, uuid, text, text, text);
DROP TABLE api_keys;
