use super::*;

const HIDDEN: &str = "\0\u{7}\u{1b}\t\n\r\u{7f}\u{85}\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{17b4}\u{180e}\u{180f}\u{200b}\u{200c}\u{200d}\
    \u{200e}\u{2028}\u{2029}\u{202a}\u{202e}\u{2060}\u{2065}\u{2066}\u{2069}\u{206f}\u{2800}\u{3164}\u{e000}\u{f8ff}\u{fdd0}\u{fe00}\u{fe0f}\
    \u{feff}\u{ffa0}\u{fff9}\u{fffc}\u{fffd}\u{ffff}\u{1d159}\u{1d173}\u{1bca0}\u{50000}\u{e0001}\u{e0041}\u{e0100}\u{f0000}\u{10ffff}";

#[test]
fn identifying_text_has_no_hidden_characters() {
    for char in HIDDEN.chars() {
        for text in [format!("a{char}b"), format!("é{char}"), format!("{char}Ж")] {
            let is_space = text.trim() != text;
            let refused = matches!(Identifier::try_from(text.as_str()), Err(BadText::Character(found)) if found == char);
            assert!(refused || is_space, "{text:?}");
        }
    }
}

#[test]
fn identifying_text_has_one_form() {
    for (given, stored) in [
        (" a b ", "a b"),
        ("\u{a0}\u{3000}\u{2003}a\u{205f}", "a"),
        ("u\u{308}", "ü"),
        ("\u{212b}", "å".to_uppercase().as_str()),
        ("\u{1112}\u{1161}\u{11ab}", "한"),
        ("a\u{323}\u{307}", "ạ\u{307}"),
        ("a\u{307}\u{323}", "ạ\u{307}"),
        ("❤\u{fe0f} love", "❤ love"),
        ("1\u{fe0f}\u{20e3}", "1\u{20e3}"),
        ("हिन्दी 日本語 עברית", "हिन्दी 日本語 עברית"),
    ] {
        assert_eq!(Identifier::try_from(given).unwrap().as_str(), stored, "{given:?}");
    }
}

#[test]
fn shown_text_keeps_what_it_shows() {
    for text in [
        "می\u{200c}خواهم",
        "👩\u{200d}🚒",
        "❤\u{fe0f}",
        "co\u{ad}operate",
        "\u{200f}עברית",
        "u\u{308}",
        "\u{f8ff}",
    ] {
        assert_eq!(Line::try_from(text).unwrap().as_str(), text);
        assert_eq!(Prose::try_from(text).unwrap().as_str(), text);
    }
    for (given, line, prose) in [
        ("\u{feff}a", "a", "a"),
        ("\u{202a}+1 23\u{202c}", "+1 23", "+1 23"),
        ("\u{2068}Ada\u{2069}", "Ada", "Ada"),
        ("a\tb\r\nc", "a b  c", "a\tb\r\nc"),
    ] {
        assert_eq!(Line::try_from(given).unwrap().as_str(), line, "{given:?}");
        assert_eq!(Prose::try_from(given).unwrap().as_str(), prose, "{given:?}");
    }
    for char in
        "\0\u{1}\u{8}\u{1b}\u{7f}\u{9f}\u{202d}\u{202e}\u{fff9}\u{fffd}\u{fffe}\u{fdd0}\u{1ffff}".chars()
    {
        let text = format!("a{char}b");
        assert!(
            Line::try_from(text.as_str()).is_err() && Prose::try_from(text.as_str()).is_err(),
            "{char:?}"
        );
    }
}

#[test]
fn what_shows_nothing_is_empty() {
    for text in
        ["", " ", "\u{a0}", "\u{3000}\u{2003}", "\u{200b}", "\u{feff}", "\u{3164}", "\u{2800} \u{ad}", "\n\t"]
    {
        assert!(Line::try_from(text).is_err(), "{text:?}");
        assert!(Identifier::try_from(text).is_err(), "{text:?}");
        assert!(Word::try_from(text).is_ok(), "{text:?}");
    }
    assert_eq!(OptionalIdentifier::try_from("\u{a0}\u{3000}").unwrap().as_str(), "");
}
