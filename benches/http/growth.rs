//! How the cost of a request grows with the number of shops: a table, and a plot beside the benches.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::common::{Outcome, Serving};
use crate::memory;
use crate::options::Options;
use crate::pgbench::Bare;
use crate::seed::{DATABASE, Shops};
use crate::work::{CLIENTS, Work, middle};
use crate::wrk::Load;

/// What a request costs with so many shops, in milliseconds of the whole machine.
struct Point {
    shops: usize,
    binary: f64,
    bare: f64,
}

/// What is drawn of a point.
type Figure = fn(&Point) -> f64;

/// Measures with each number of shops, one after the other.
pub fn measure(shops: &Shops<'_>, options: &Options, machine: &str, dir: &Path) -> Outcome<Vec<Value>> {
    println!("\n   shops   ms a request, binary   pgbench   ratio   a backend, MB");
    let mut points = Vec::new();
    let mut results = Vec::new();
    for many in &options.growth {
        shops.grow_to(*many)?;
        let point = measure_one(shops, *many, options, dir)?;
        let (ratio, memory) = (point.bare / point.binary, memory::backend(shops)?);
        println!("{many:>8} {:>22.3} {:>9.3} {ratio:>7.2} {memory:>13.1}", point.binary, point.bare);
        results.push(json!({
            "row": "growth", "shops": many, "ms_per_request": point.binary, "ms_per_transaction": point.bare,
            "backend_mb": memory,
        }));
        points.push(point);
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/growth.svg");
    std::fs::write(path, plot(&points, machine)?)?;
    println!("\nwritten to {path}");
    Ok(results)
}

fn measure_one(shops: &Shops<'_>, many: usize, options: &Options, dir: &Path) -> Outcome<Point> {
    let serving = Serving::start(shops.server, DATABASE, &[])?;
    let load = |seconds| Load {
        work: Work::Product,
        shops: many,
        connections: CLIENTS,
        seconds,
        counted: false,
        dir,
    };
    let bare = Bare {
        work: Work::Product,
        shops: many,
        clients: CLIENTS,
        warm: options.warm,
        seconds: options.seconds(),
        dir,
    };
    let (mut rates, mut bare_rates) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        load(options.warm.max(1)).run_well(shops, &serving)?;
        rates.push(load(options.seconds()).run_well(shops, &serving)?.rate());
        bare_rates.push(bare.run(shops)?);
    }
    Ok(Point { shops: many, binary: 1e3 / middle(rates), bare: 1e3 / middle(bare_rates) })
}

/// The plot's width and height, and what lies between its frame and its edge.
const SIZE: (f64, f64) = (640.0, 360.0);
const MARGIN: f64 = 56.0;

/// Two lines over the number of shops, which grows by factors.
#[expect(clippy::cast_precision_loss, reason = "numbers of shops")]
fn plot(points: &[Point], machine: &str) -> Result<String, std::fmt::Error> {
    let (first, last) = (points.first().map_or(1, |it| it.shops), points.last().map_or(1, |it| it.shops));
    let span = (last as f64 / first as f64).ln().max(f64::EPSILON);
    let top = points.iter().map(|it| it.binary.max(it.bare)).fold(0.0, f64::max) * 1.2;
    let x = |shops: usize| MARGIN + (shops as f64 / first as f64).ln() / span * (SIZE.0 - 2.0 * MARGIN);
    let y = |ms: f64| SIZE.1 - MARGIN - ms / top * (SIZE.1 - 2.0 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{w}\" height=\"{h}\" fill=\"white\"/>\n\
         <text x=\"{MARGIN}\" y=\"22\" font-size=\"14\">GET /products/{{id}} at random: milliseconds of the machine for a request</text>\n\
         <text x=\"{MARGIN}\" y=\"40\" fill=\"#666\">{machine}; {CLIENTS} clients</text>\n",
        w = SIZE.0,
        h = SIZE.1,
    );
    for step in 0..=4 {
        let ms = top * f64::from(step) / 4.0;
        let (left, right, height) = (MARGIN, SIZE.0 - MARGIN, y(ms));
        writeln!(svg, "<path d=\"M{left} {height:.1}H{right}\" stroke=\"#ddd\"/>")?;
        writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{ms:.2}</text>",
            left - 6.0,
            height + 4.0
        )?;
    }
    for point in points {
        let (place, below) = (x(point.shops), SIZE.1 - MARGIN + 18.0);
        writeln!(svg, "<text x=\"{place:.1}\" y=\"{below}\" text-anchor=\"middle\">{}</text>", point.shops)?;
    }
    writeln!(
        svg,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">shops</text>",
        SIZE.0 / 2.0,
        SIZE.1 - 14.0
    )?;
    let lines: [(&str, &str, Figure); 2] =
        [("shophouse", "#0b6", |it| it.binary), ("pgbench", "#36c", |it| it.bare)];
    for (place, (name, colour, figure)) in (1_u8..).zip(lines) {
        let corners: Vec<String> =
            points.iter().map(|it| format!("{:.1},{:.1}", x(it.shops), y(figure(it)))).collect();
        writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            corners.join(" ")
        )?;
        for point in points {
            let (across, height) = (x(point.shops), y(figure(point)));
            writeln!(svg, "<circle cx=\"{across:.1}\" cy=\"{height:.1}\" r=\"3\" fill=\"{colour}\"/>")?;
        }
        let from_right = SIZE.0 - 100.0 * f64::from(place);
        writeln!(svg, "<text x=\"{from_right}\" y=\"{}\" fill=\"{colour}\">{name}</text>", SIZE.1 - 14.0)?;
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}
