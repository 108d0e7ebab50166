//! The plot: two bars for each abuser, on a logarithmic scale, with lines at the goals.

use std::fmt::{self, Write as _};

use crate::report::{MEDIAN_GOAL, P99_GOAL, Report};

const WIDTH: f64 = 720.0;
/// The space left of the bars, right of them, and above them.
const LEFT: f64 = 120.0;
const RIGHT: f64 = 110.0;
const TOP: f64 = 64.0;
/// The height of an abuser's two bars with the gap, and of one bar.
const ROW: f64 = 44.0;
const BAR: f64 = 15.0;
/// The left end of the scale.
const LEAST: f64 = 0.5;
const COLOURS: [&str; 2] = ["#36c", "#0b6"];

/// The ratios of all reports.
pub fn svg(reports: &[Report], machine: &str) -> Result<String, fmt::Error> {
    let ratios: Vec<[f64; 2]> = reports.iter().map(ratios).collect();
    let most = ratios.iter().flatten().fold(2.0 * P99_GOAL, |most: f64, ratio| most.max(*ratio)) * 1.2;
    let x =
        |ratio: f64| LEFT + (ratio.max(LEAST) / LEAST).ln() / (most / LEAST).ln() * (WIDTH - LEFT - RIGHT);
    let bottom = reports.iter().fold(TOP, |bottom, _| bottom + ROW);
    let height = bottom + 44.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"white\"/>\n\
         <text x=\"16\" y=\"22\" font-size=\"14\">Reads, lists and orders of honest shops beside an abuser: times as long as alone</text>\n\
         <text x=\"16\" y=\"40\" fill=\"#666\">{machine}</text>\n",
    );
    for (ratio, name) in [(MEDIAN_GOAL, "median"), (P99_GOAL, "p99")] {
        let (x, top) = (x(ratio), TOP - 8.0);
        writeln!(svg, "<path d=\"M{x:.1} {top}V{bottom}\" stroke=\"#c33\" stroke-dasharray=\"4 3\"/>")?;
        writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{:.1}\" fill=\"#c33\" text-anchor=\"middle\">{ratio}</text>",
            bottom + 16.0
        )?;
        let (anchor, gap) = if name == "median" { ("end", -4.0) } else { ("start", 4.0) };
        writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"#c33\" text-anchor=\"{anchor}\">{name}</text>",
            x + gap,
            TOP - 4.0
        )?;
    }
    let mut top = TOP + 4.0;
    for (report, ratios) in reports.iter().zip(&ratios) {
        add_row(&mut svg, report, *ratios, top, x)?;
        top += ROW;
    }
    let (x, y) = (x(1.0), bottom + 16.0);
    writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">1</text>")?;
    let y = height - 8.0;
    writeln!(svg, "<text x=\"{LEFT}\" y=\"{y:.1}\" fill=\"{}\">median</text>", COLOURS[0])?;
    writeln!(svg, "<text x=\"{}\" y=\"{y:.1}\" fill=\"{}\">99th percentile</text>", LEFT + 60.0, COLOURS[1])?;
    writeln!(svg, "<text x=\"{}\" y=\"{y:.1}\" fill=\"#c33\">goals: at most</text>", LEFT + 170.0)?;
    svg.push_str("</svg>\n");
    Ok(svg)
}

/// The ratios of the median and of the 99th percentile.
fn ratios(report: &Report) -> [f64; 2] {
    [50, 99].map(|hundredths| report.requests(hundredths).ratio())
}

fn add_row(
    svg: &mut String,
    report: &Report,
    ratios: [f64; 2],
    top: f64,
    x: impl Fn(f64) -> f64,
) -> fmt::Result {
    let (name, middle) = (report.abuser.name, top + BAR + 4.0);
    writeln!(svg, "<text x=\"{}\" y=\"{middle:.1}\" text-anchor=\"end\">{name}</text>", LEFT - 8.0)?;
    let mut y = top;
    for (ratio, colour) in ratios.into_iter().zip(COLOURS) {
        let (end, text) = (x(ratio), y + BAR - 3.0);
        writeln!(svg, "<path d=\"M{LEFT} {y:.1}H{end:.1}v{BAR}H{LEFT}z\" fill=\"{colour}\"/>")?;
        writeln!(svg, "<text x=\"{:.1}\" y=\"{text:.1}\">{ratio:.1}</text>", end + 4.0)?;
        y += BAR + 1.0;
    }
    if report.lost() > 0 {
        let (x, lost) = (WIDTH - 8.0, report.lost());
        writeln!(
            svg,
            "<text x=\"{x}\" y=\"{middle:.1}\" text-anchor=\"end\" fill=\"#c33\">{lost} lost</text>"
        )?;
    }
    Ok(())
}
