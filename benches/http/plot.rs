//! The plot of the cost of a request over the number of shops, as SVG.

use std::fmt::{self, Write as _};

use crate::requests::CLIENTS;

/// The cost of a request with a number of shops, in milliseconds of the whole machine.
pub struct Point {
    pub shops: usize,
    pub binary: f64,
    pub pgbench: f64,
}

/// One of the costs of a point.
type Cost = fn(&Point) -> f64;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;
/// The space between the axes and the edge.
const MARGIN: f64 = 56.0;

/// The axes: the number of shops is on a logarithmic scale, the cost on a linear one.
struct Axes {
    first: f64,
    span: f64,
    top: f64,
}

impl Axes {
    #[expect(clippy::cast_precision_loss, reason = "numbers of shops")]
    fn new(points: &[Point]) -> Self {
        let shops = |point: Option<&Point>| point.map_or(1, |point| point.shops) as f64;
        let (first, last) = (shops(points.first()), shops(points.last()));
        let highest = points.iter().map(|point| point.binary.max(point.pgbench)).fold(0.0, f64::max);
        Self { first, span: (last / first).ln().max(f64::EPSILON), top: highest * 1.2 }
    }

    #[expect(clippy::cast_precision_loss, reason = "numbers of shops")]
    fn x(&self, shops: usize) -> f64 {
        MARGIN + (shops as f64 / self.first).ln() / self.span * (WIDTH - 2.0 * MARGIN)
    }

    fn y(&self, ms: f64) -> f64 {
        HEIGHT - MARGIN - ms / self.top * (HEIGHT - 2.0 * MARGIN)
    }
}

/// Two lines, of the binary and of pgbench.
pub fn svg(points: &[Point], machine: &str) -> Result<String, fmt::Error> {
    let axes = Axes::new(points);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"white\"/>\n\
         <text x=\"{MARGIN}\" y=\"22\" font-size=\"14\">GET /products/{{id}} at random: milliseconds of the machine for a request</text>\n\
         <text x=\"{MARGIN}\" y=\"40\" fill=\"#666\">{machine}; {CLIENTS} clients</text>\n",
    );
    add_scales(&mut svg, &axes, points)?;
    let lines: [(&str, &str, Cost); 2] =
        [("shophouse", "#0b6", |point| point.binary), ("pgbench", "#36c", |point| point.pgbench)];
    for (number, (name, colour, cost)) in (1_u8..).zip(lines) {
        add_line(&mut svg, &axes, points, colour, cost)?;
        let x = WIDTH - 100.0 * f64::from(number);
        writeln!(svg, "<text x=\"{x}\" y=\"{}\" fill=\"{colour}\">{name}</text>", HEIGHT - 14.0)?;
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

fn add_scales(svg: &mut String, axes: &Axes, points: &[Point]) -> fmt::Result {
    for step in 0..=4 {
        let ms = axes.top * f64::from(step) / 4.0;
        let (right, y) = (WIDTH - MARGIN, axes.y(ms));
        writeln!(svg, "<path d=\"M{MARGIN} {y:.1}H{right}\" stroke=\"#ddd\"/>")?;
        let (x, y) = (MARGIN - 6.0, y + 4.0);
        writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"end\">{ms:.2}</text>")?;
    }
    for point in points {
        let (x, y) = (axes.x(point.shops), HEIGHT - MARGIN + 18.0);
        writeln!(svg, "<text x=\"{x:.1}\" y=\"{y}\" text-anchor=\"middle\">{}</text>", point.shops)?;
    }
    let (x, y) = (WIDTH / 2.0, HEIGHT - 14.0);
    writeln!(svg, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">shops</text>")
}

fn add_line(svg: &mut String, axes: &Axes, points: &[Point], colour: &str, cost: Cost) -> fmt::Result {
    let position = |point: &Point| (axes.x(point.shops), axes.y(cost(point)));
    let corners = points.iter().map(position).map(|(x, y)| format!("{x:.1},{y:.1}"));
    let corners = corners.collect::<Vec<_>>().join(" ");
    writeln!(svg, "<polyline points=\"{corners}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>")?;
    for (x, y) in points.iter().map(position) {
        writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>")?;
    }
    Ok(())
}
