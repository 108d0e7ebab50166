DROP FUNCTION public.enter_storefront(text, text, text);
