use textwrap::core::display_width;

use super::*;

fn screen(columns: usize) -> Screen {
    Screen { columns: Some(columns), rows: None }
}

#[test]
fn a_layout_gives_way_to_a_narrower_one() {
    for (width, columns, layout) in [
        (3600, 200, Layout::Counts),
        (3600, 80, Layout::Counts),
        (3600, 67, Layout::Counts),
        (3600, 66, Layout::Sum),
        (3600, 41, Layout::Sum),
        (3600, 40, Layout::Time),
        (1, 69, Layout::Sum),
        (1, 20, Layout::Time),
    ] {
        assert_eq!(Chart::new(width, screen(columns)).layout, layout, "{width} s in {columns}");
    }
}

#[test]
fn every_chart_fits_its_screen() {
    let bars = [[1_000_000, 0, 0], [1, 1, 1], [0, 0, 999_999_999], [0, 0, 0]];
    let bars: Vec<_> = bars.into_iter().zip(0..).map(|(counts, n)| Bar { from: n * 3600, counts }).collect();
    for columns in 20..=200 {
        for width in [1, 3600] {
            for line in Chart::new(width, screen(columns)).lines(&bars) {
                assert!(display_width(&line) <= columns, "{columns}: {line}");
            }
        }
    }
}
