//! The demonstration, against the built binary.

use crate::support::installation::Installation;

#[path = "../../examples/demo.rs"]
mod demonstration;

#[test]
fn the_demonstration_plays_to_its_end_again_and_again() {
    let installation = Installation::new();
    let server = installation.start();
    for _ in 0..2 {
        let mut story = Vec::new();
        let summary = demonstration::run(&server.address, &mut story).unwrap();
        let story = String::from_utf8(story).unwrap();
        let [apparel, home] = summary.shops.as_slice() else { panic!("{story}") };
        for shop in [apparel, home] {
            assert_eq!((shop.imported, shop.order_number), (20, 1001), "{story}");
            let mut handles = shop.handles.clone();
            handles.sort();
            handles.dedup();
            assert_eq!(handles.len(), 20, "{story}");
        }
        for (shop, handle) in [(apparel, "ocean-blue-shirt"), (home, "clay-plant-pot")] {
            assert!(shop.handles.iter().any(|known| known == handle), "{story}");
        }
        for part in ["imported 20 products", "is fulfilled", "only 3 in stock", "404, as if it did not exist"]
        {
            assert!(story.contains(part), "{part}: {story}");
        }
    }
}
