//! In which order servers are tried (RFC 2782).

use crate::dns::Srv;

/// Sorts by priority and, among equals, draws by weight; `below(n)` is a number from 0 to n, n included.
pub(super) fn ordered(mut records: Vec<Srv>, mut below: impl FnMut(u32) -> u32) -> Vec<Srv> {
    // Those of weight 0 first among equals, so that they have a small chance only.
    records.sort_by_key(|srv| (srv.priority, srv.weight != 0));
    let mut out = Vec::with_capacity(records.len());
    while let Some(first) = records.first() {
        let same = records
            .iter()
            .take_while(|srv| srv.priority == first.priority)
            .count();
        let total: u32 = records[..same]
            .iter()
            .map(|srv| u32::from(srv.weight))
            .sum();
        let drawn = below(total);
        let mut sum = 0;
        let chosen = records[..same].iter().position(|srv| {
            sum += u32::from(srv.weight);
            sum >= drawn
        });
        out.push(records.remove(chosen.unwrap_or(0)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn srv(priority: u16, weight: u16, target: &str) -> Srv {
        Srv {
            priority,
            weight,
            port: 5060,
            target: target.to_owned(),
        }
    }

    fn targets(records: Vec<Srv>, below: impl FnMut(u32) -> u32) -> String {
        let ordered = ordered(records, below);
        ordered.iter().map(|srv| srv.target.as_str()).collect()
    }

    #[test]
    fn priority_is_obeyed_and_weight_is_drawn() {
        let records = || {
            vec![
                srv(2, 0, "d"),
                srv(1, 60, "a"),
                srv(1, 20, "b"),
                srv(1, 0, "c"),
            ]
        };
        // The running sums are c 0, a 60, b 80.
        assert_eq!(targets(records(), |_| 0), "cabd");
        assert_eq!(targets(records(), |total| total), "bacd");
        let mut draws = [1, 20, 0, 0].into_iter();
        assert_eq!(targets(records(), |_| draws.next().unwrap_or(0)), "abcd");
    }

    #[test]
    fn in_the_long_run_each_has_its_share() {
        let mut state = 1_u32;
        let mut below = |most: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % (most + 1)
        };
        let mut first = [0_u32; 2];
        for _ in 0..10_000 {
            let records = vec![srv(1, 75, "a"), srv(1, 25, "b")];
            match targets(records, &mut below).as_str() {
                "ab" => first[0] += 1,
                _ => first[1] += 1,
            }
        }
        assert!((7_300..7_700).contains(&first[0]), "{first:?}");
    }
}
