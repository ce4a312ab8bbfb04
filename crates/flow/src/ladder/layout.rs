//! Where the columns stand.

/// Columns closer than this leave no room for a caption.
const MIN_SPACING: usize = 10;

/// As much of the first and the last name as is shown where there is room: an IPv4 address.
const OUTER_NAME: usize = 15;

/// Columns farther apart than this are hard to follow.
const MAX_SPACING: usize = 36;

/// The places of the lifelines.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layout {
    lifelines: Vec<usize>,
    margin: usize,
    width: usize,
}

impl Layout {
    /// Spreads names of the given widths over a terminal, right of a margin; none where they do not fit.
    pub(super) fn new(names: &[usize], margin: usize, width: usize) -> Option<Layout> {
        Layout::with_outer(names, OUTER_NAME, margin, width)
            .or_else(|| Layout::with_outer(names, MIN_SPACING, margin, width))
    }

    fn with_outer(names: &[usize], outer: usize, margin: usize, width: usize) -> Option<Layout> {
        let (&first, &last) = (names.first()?, names.last()?);
        let gaps = names.len() - 1;
        let leftmost = margin + 1 + first.min(outer).saturating_sub(1) / 2;
        let rightmost = width.checked_sub(1 + last.min(outer) / 2)?;
        let room = rightmost.checked_sub(leftmost)?.min(gaps * MAX_SPACING);
        if room < gaps * MIN_SPACING {
            return None;
        }
        // Rounded from the whole, so that the last one stands at the edge and gaps differ by one at most.
        let place = |column| leftmost + (room * column + gaps / 2) / gaps.max(1);
        Some(Layout {
            lifelines: (0..names.len()).map(place).collect(),
            margin,
            width,
        })
    }

    /// How many columns fit into a width.
    pub(super) fn columns_that_fit(margin: usize, width: usize) -> usize {
        let least = margin + 1 + MIN_SPACING.saturating_sub(1) / 2 + 1 + MIN_SPACING / 2;
        match width.checked_sub(least) {
            Some(room) => room / MIN_SPACING + 1,
            None => 1,
        }
    }

    /// Where a column's lifeline stands.
    pub(super) fn at(&self, column: usize) -> usize {
        self.lifelines[column]
    }

    /// How wide a column's name may be without touching the next or an edge.
    pub(super) fn name_columns(&self, column: usize) -> usize {
        let gaps = self.lifelines.windows(2).map(|pair| pair[1] - pair[0]);
        let between = gaps.min().map_or(usize::MAX, |gap| gap - 1);
        let left = self.at(column).saturating_sub(self.margin + 1);
        let right = self.width.saturating_sub(self.at(column) + 1);
        between.min(2 * left + 2).min(2 * right + 1)
    }

    /// How many columns are free between a lifeline and what stands right of it.
    pub(super) fn room_right_of(&self, column: usize) -> usize {
        let next = self.lifelines.get(column + 1).copied();
        next.unwrap_or(self.width)
            .saturating_sub(self.at(column) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARGIN: usize = 6;

    #[test]
    fn five_nodes_fill_eighty_columns() {
        let names = ["ue", "pcscf", "icscf", "scscf", "hss"].map(str::len);
        let layout = Layout::new(&names, MARGIN, 80).expect("fits");
        assert_eq!(layout.lifelines, [7, 25, 43, 60, 78]);
    }

    #[test]
    fn a_wide_terminal_is_used_up_to_a_readable_spacing() {
        let names = [2, 5, 5, 5, 3];
        let layout = Layout::new(&names, MARGIN, 132).expect("fits");
        assert_eq!(layout.lifelines.last(), Some(&130));
        let layout = Layout::new(&names, MARGIN, 500).expect("fits");
        assert_eq!(layout.lifelines, [7, 43, 79, 115, 151]);
    }

    #[test]
    fn as_many_columns_as_fit_have_a_layout_and_one_more_has_none() {
        for width in 0..200 {
            let fit = Layout::columns_that_fit(MARGIN, width);
            let layout = |columns| Layout::new(&vec![40; columns], MARGIN, width);
            assert!(fit == 1 || layout(fit).is_some(), "{fit} in {width}");
            assert_eq!(layout(fit + 1), None, "{fit} and one more in {width}");
            let Some(layout) = layout(fit) else { continue };
            for column in 0..fit {
                let (at, name) = (layout.at(column), layout.name_columns(column));
                assert!(
                    at > MARGIN + (name.saturating_sub(1)) / 2,
                    "{name} at {at} of {width}"
                );
                assert!(at + name / 2 < width, "{name} at {at} of {width}");
            }
        }
        assert_eq!(Layout::columns_that_fit(MARGIN, 80), 7);
    }

    #[test]
    fn too_narrow_is_no_layout() {
        assert_eq!(Layout::new(&[2, 5, 5, 5, 3], MARGIN, 48), None);
        assert!(Layout::new(&[2, 5, 5, 5, 3], MARGIN, 49).is_some());
        assert_eq!(Layout::new(&[2], MARGIN, 3), None);
        assert!(Layout::new(&[2], MARGIN, 20).is_some());
        assert_eq!(Layout::new(&[], MARGIN, 80), None);
    }
}
