//! One line a figure.

/// What one candidate takes.
pub(crate) struct Taken {
    /// `ours`, or the name of the other.
    pub(crate) who: &'static str,
    /// How much, in the figure's unit; `None` where it cannot read what it is given.
    pub(crate) amount: Option<f64>,
}

/// Prints `what ours 512 ns rsipstack 4988 ns ratio 9.74`; the ratio is the best other's to ours.
pub(crate) fn print(what: &str, unit: &str, taken: &[Taken]) {
    let mut line = what.to_owned();
    for Taken { who, amount } in taken {
        match amount {
            Some(amount) => line.push_str(&format!(" {who} {amount:.0} {unit}")),
            // It does not read every one of the messages.
            None => line.push_str(&format!(" {who} - {unit}")),
        }
    }
    let (ours, others) = taken.split_first().expect("ours is the first");
    let best = others
        .iter()
        .filter_map(|other| other.amount)
        .min_by(f64::total_cmp);
    if let (Some(ours), Some(best)) = (ours.amount, best)
        && ours > 0.0
    {
        line.push_str(&format!(" ratio {:.2}", best / ours));
    }
    println!("{line}");
}

/// A figure of ours that no other has.
pub(crate) fn alone(what: &str, nanoseconds: f64) {
    let ours = Taken {
        who: "ours",
        amount: Some(nanoseconds),
    };
    print(what, "ns", &[ours]);
}
