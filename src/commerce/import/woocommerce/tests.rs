//! Cells as WooCommerce writes them.

use super::*;

#[test]
fn cells_are_read_as_they_were_meant() {
    assert_eq!(
        ["'-1", "'=A1", "'quoted'", "-1"].map(|text| plain(text).into_owned()),
        ["-1", "=A1", "'quoted'", "-1"]
    );
    assert_eq!(values("Blue, Red\\, dark , ,Green"), ["Blue", "Red, dark", "Green"]);
    assert!(
        is_variation("variation, virtual", "") && is_variation("", "id:4") && is_variation("Variation", "a")
    );
    assert!(!is_variation("variable", "") && !is_variation("simple", "a") && !is_variation("", ""));
}
