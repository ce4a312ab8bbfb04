//! Figures of processes in `/proc`.

use std::fs;

/// Clock ticks a second of `/proc/PID/stat` (USER_HZ: 100 on every Linux).
const TICKS: f64 = 100.0;

/// A file of a process.
pub(super) fn read(id: u32, file: &str) -> std::io::Result<String> {
    fs::read_to_string(format!("/proc/{id}/{file}"))
}

/// User and system time in the text of `/proc/PID/stat`, in seconds.
pub(super) fn ticks(stat: &str) -> f64 {
    // After the name, which may hold anything and ends with the last parenthesis: field 3 and on.
    let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields = rest.split_whitespace().skip(11).take(2);
    fields
        .filter_map(|field| field.parse::<f64>().ok())
        .sum::<f64>()
        / TICKS
}

/// The number of kB after `key` in a file of `/proc`.
pub(super) fn kibibytes(text: &str, key: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_proc_are_read() {
        let stat = "9 (a) b) S 1 9 9 0 -1 4194560 1 2 3 4 150 25 0 0 20 0 1 0 77 1 2";
        assert_eq!(ticks(stat), 1.75);
        assert_eq!(kibibytes("Rss:   9 kB\nPss:   277 kB\n", "Pss:"), 277.0);
        assert_eq!(kibibytes("", "Pss:"), 0.0);
    }
}
