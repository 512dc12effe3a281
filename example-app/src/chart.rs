//! Last stage: the drawing, as the text of an SVG file.

use anyhow::{Result, anyhow};
use checkpointer_runtime::checkpoint;
use plotters::coord::Shift;
use plotters::prelude::*;

use crate::contrast::{Contrast, Estimate};
use crate::days::regime_cell;
use crate::regime::Regime;

const SIZE: (u32, u32) = (1_080, 460);

const COLOURS: [RGBColor; 3] = [
    RGBColor(204, 80, 62),
    RGBColor(29, 105, 150),
    RGBColor(115, 145, 50),
];

/// Draws the differences by hour of the day and by regime. A contrast comes with its name, such as `LGA − JFK`.
#[checkpoint]
pub(crate) fn draw(contrasts: &[(String, Contrast)]) -> Result<String> {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        paint(&root, contrasts).map_err(|error| anyhow!("cannot draw the chart: {error}"))?;
    }
    Ok(svg)
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Painted<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

fn paint<'a>(root: &Area<'a>, contrasts: &[(String, Contrast)]) -> Painted<'a> {
    root.fill(&WHITE)?;
    let (left, right) = root.split_horizontally(640);
    let (low, high) = extent(contrasts);
    paint_hours(&left, contrasts, low..high)?;
    paint_regimes(&right, contrasts, low..high)?;
    root.present()
}

fn paint_hours<'a>(
    area: &Area<'a>,
    contrasts: &[(String, Contrast)],
    y: std::ops::Range<f64>,
) -> Painted<'a> {
    let mut chart = ChartBuilder::on(area)
        .caption(
            "Mean difference by hour of the day, with 95 % bands",
            ("sans-serif", 17),
        )
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(48)
        .build_cartesian_2d(0.0..23.0, y)?;
    chart
        .configure_mesh()
        .x_desc("hour, standard time")
        .y_desc("°C")
        .x_labels(9)
        .x_label_formatter(&|hour| format!("{hour:.0}"))
        .y_label_formatter(&|value| format!("{value:.1}"))
        .light_line_style(TRANSPARENT)
        .draw()?;
    for ((name, contrast), colour) in contrasts.iter().zip(COLOURS) {
        let hours = || {
            contrast.cells[..24]
                .iter()
                .enumerate()
                .map(|(h, cell)| (h as f64, cell))
        };
        let band: Vec<(f64, f64)> = hours()
            .map(|(h, cell)| (h, cell.low))
            .chain(
                hours()
                    .map(|(h, cell)| (h, cell.high))
                    .collect::<Vec<_>>()
                    .into_iter()
                    .rev(),
            )
            .collect();
        chart.draw_series([Polygon::new(band, colour.mix(0.18))])?;
        chart
            .draw_series(LineSeries::new(
                hours().map(|(h, cell)| (h, cell.value)),
                colour.stroke_width(2),
            ))?
            .label(name.as_str())
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerLeft)
        .border_style(BLACK.mix(0.3))
        .background_style(WHITE.mix(0.8))
        .draw()
}

fn paint_regimes<'a>(
    area: &Area<'a>,
    contrasts: &[(String, Contrast)],
    y: std::ops::Range<f64>,
) -> Painted<'a> {
    let mut chart = ChartBuilder::on(area)
        .caption("By sun and wind", ("sans-serif", 17))
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(36)
        .build_cartesian_2d(-0.5..Regime::KNOWN.len() as f64 - 0.5, y)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(Regime::KNOWN.len() + 1)
        .x_label_formatter(&|x| regime_at(*x).map_or_else(String::new, |r| r.name().to_owned()))
        .y_label_formatter(&|value| format!("{value:.1}"))
        .light_line_style(TRANSPARENT)
        .draw()?;
    for (index, ((_, contrast), colour)) in contrasts.iter().zip(COLOURS).enumerate() {
        let shift = (index as f64 - (contrasts.len() as f64 - 1.0) / 2.0) * 0.16;
        for (place, regime) in Regime::KNOWN.into_iter().enumerate() {
            let Some(cell) = regime_cell(regime).map(|cell| contrast.cells[cell]) else {
                continue;
            };
            let x = place as f64 + shift;
            chart.draw_series([PathElement::new(
                [(x, cell.low), (x, cell.high)],
                colour.stroke_width(2),
            )])?;
            chart.draw_series([Circle::new((x, cell.value), 4, colour.filled())])?;
        }
    }
    Ok(())
}

fn regime_at(x: f64) -> Option<Regime> {
    let whole = (x - x.round()).abs() < 1e-6 && x > -0.5;
    Regime::KNOWN
        .get(x.round() as usize)
        .copied()
        .filter(|_| whole)
}

/// The range that holds every interval, with some air.
fn extent(contrasts: &[(String, Contrast)]) -> (f64, f64) {
    let cells = || contrasts.iter().flat_map(|(_, contrast)| &contrast.cells);
    let finite = |pick: fn(&Estimate) -> f64| cells().map(pick).filter(|value| value.is_finite());
    let low = finite(|cell| cell.low).fold(0.0, f64::min);
    let high = finite(|cell| cell.high).fold(0.0, f64::max);
    let air = 0.06 * (high - low).max(0.1);
    (low - air, high + air)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::days::CELLS;

    #[test]
    fn every_contrast_is_named_in_the_drawing() {
        let estimate = Estimate {
            value: 0.5,
            low: 0.2,
            high: 0.9,
        };
        let contrast = Contrast {
            cells: vec![estimate; CELLS],
            warm_spell: estimate,
        };
        let svg = draw::original(&[
            ("LGA − JFK".into(), contrast.clone()),
            ("EWR − JFK".into(), contrast),
        ])
        .unwrap();
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
        assert!(svg.contains("LGA − JFK") && svg.contains("EWR − JFK"));
        assert!(svg.contains("calm night") && svg.contains("windy day"));
    }
}
