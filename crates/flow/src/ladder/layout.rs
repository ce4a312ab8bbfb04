//! Where the columns stand.

/// The width of the time before the first column.
pub(super) const TIME_COLUMNS: usize = 6;

/// Columns closer than this leave no room for a caption.
const MIN_SPACING: usize = 10;

/// Columns farther apart than this are hard to follow.
const MAX_SPACING: usize = 36;

/// The places of the lifelines.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layout {
    lifelines: Vec<usize>,
}

impl Layout {
    /// Spreads names of the given widths over a terminal; none where they do not fit.
    pub(super) fn new(names: &[usize], width: usize) -> Option<Layout> {
        let (&first, &last) = (names.first()?, names.last()?);
        let gaps = names.len() - 1;
        let leftmost = TIME_COLUMNS + 1 + first.min(MIN_SPACING).saturating_sub(1) / 2;
        let rightmost = width.checked_sub(1 + last.min(MIN_SPACING) / 2)?;
        let room = rightmost.checked_sub(leftmost)?.min(gaps * MAX_SPACING);
        if room < gaps * MIN_SPACING {
            return None;
        }
        // Rounded from the whole, so that the last one stands at the edge and gaps differ by one at most.
        let place = |column| leftmost + (room * column + gaps / 2) / gaps.max(1);
        Some(Layout {
            lifelines: (0..names.len()).map(place).collect(),
        })
    }

    /// Where a column's lifeline stands.
    pub(super) fn at(&self, column: usize) -> usize {
        self.lifelines[column]
    }

    /// How wide a name may be without touching the next.
    pub(super) fn name_columns(&self) -> usize {
        let gaps = self.lifelines.windows(2).map(|pair| pair[1] - pair[0]);
        gaps.min().map_or(MIN_SPACING, |gap| gap - 1)
    }

    /// How many columns are free between a lifeline and what stands right of it.
    pub(super) fn room_right_of(&self, column: usize, width: usize) -> usize {
        let next = self.lifelines.get(column + 1).copied().unwrap_or(width);
        next.saturating_sub(self.at(column) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_nodes_fill_eighty_columns() {
        let names = ["ue", "pcscf", "icscf", "scscf", "hss"].map(str::len);
        let layout = Layout::new(&names, 80).expect("fits");
        assert_eq!(layout.lifelines, [7, 25, 43, 60, 78]);
    }

    #[test]
    fn a_wide_terminal_is_used_up_to_a_readable_spacing() {
        let names = [2, 5, 5, 5, 3];
        let layout = Layout::new(&names, 132).expect("fits");
        assert_eq!(layout.lifelines.last(), Some(&130));
        let layout = Layout::new(&names, 500).expect("fits");
        assert_eq!(layout.lifelines, [7, 43, 79, 115, 151]);
    }

    #[test]
    fn too_narrow_is_no_layout() {
        assert_eq!(Layout::new(&[2, 5, 5, 5, 3], 48), None);
        assert!(Layout::new(&[2, 5, 5, 5, 3], 49).is_some());
        assert_eq!(Layout::new(&[2], 3), None);
        assert!(Layout::new(&[2], 20).is_some());
        assert_eq!(Layout::new(&[], 80), None);
    }
}
