//! The demonstration, against the built binary.

use crate::support::installation::Installation;

#[path = "../../examples/demo.rs"]
mod demonstration;

#[test]
fn the_demonstration_can_be_run_again_and_again() {
    let installation = Installation::with_cluster();
    let server = installation.start();
    for _ in 0..2 {
        let mut output = Vec::new();
        let summary = demonstration::run(&server.address, &mut output).unwrap();
        let output = String::from_utf8(output).unwrap();
        let [apparel, home] = summary.shops.as_slice() else { panic!("{output}") };
        for shop in [apparel, home] {
            assert_eq!((shop.imported, shop.order_number), (20, 1001), "{output}");
            let mut handles = shop.handles.clone();
            handles.sort();
            handles.dedup();
            assert_eq!(handles.len(), 20, "{output}");
        }
        for (shop, handle) in [(apparel, "ocean-blue-shirt"), (home, "clay-plant-pot")] {
            assert!(shop.handles.iter().any(|known| known == handle), "{output}");
        }
        for part in ["imported 20 products", "is fulfilled", "Only 3 in stock", "404, as if it did not exist"]
        {
            assert!(output.contains(part), "{part}: {output}");
        }
    }
}
