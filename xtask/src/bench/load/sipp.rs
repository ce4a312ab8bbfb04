//! SIPp as all the phones.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::step::Failed;

use super::failed;
use super::place::Place;

const REGISTRATION: &str = include_str!("registration.xml");
const REFRESHES: &str = include_str!("refreshes.xml");
/// Stands in [`REGISTRATION`] where [`REFRESHES`] go.
const REFRESHES_HERE: &str = "<!-- refreshes -->";

/// Registrations under way at a time: who is behind the rate gets them more slowly, and not the same ones again.
const UNDER_WAY: usize = 200;

/// What every user does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Deed {
    /// Registers.
    Register,
    /// Registers, and after this time refreshes twice.
    RegisterAndRefresh(Duration),
}

/// SIPp under way.
pub(super) struct Sipp {
    child: Child,
    statistics: std::path::PathBuf,
}

impl Sipp {
    /// Begins to register every user of `place` at `element`, `rate` of them a second.
    pub(super) fn start(
        place: &Place,
        element: &str,
        deed: Deed,
        rate: usize,
    ) -> Result<Self, Failed> {
        // Those who wait for their refresh are under way too.
        let under_way = match deed {
            Deed::Register => UNDER_WAY.min(place.users),
            Deed::RegisterAndRefresh(_) => place.users,
        };
        let scenario = match deed {
            Deed::Register => REGISTRATION.to_owned(),
            Deed::RegisterAndRefresh(after) => {
                let refreshes = REFRESHES.replace("PAUSE_MS", &after.as_millis().to_string());
                REGISTRATION.replace(REFRESHES_HERE, &refreshes)
            }
        };
        let scenario = place.write("scenario.xml", &scenario)?;
        let statistics = place.path("statistics.csv");
        let phones = place.address("sipp");
        let child = Command::new("sipp")
            .arg(place.address(element).to_string())
            .arg("-sf")
            .arg(scenario)
            .arg("-inf")
            .arg(place.path("users.csv"))
            .args(["-i", &phones.ip().to_string()])
            .args(["-p", &phones.port().to_string()])
            .args(["-m", &place.users.to_string()])
            .args(["-l", &under_way.to_string()])
            .args(["-r", &rate.to_string()])
            .args(["-nostdin", "-timeout", "240", "-timeout_error"])
            .args(["-buff_size", "4194304"])
            .args(["-trace_stat", "-fd", "600", "-stf"])
            .arg(&statistics)
            .current_dir(&place.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| failed("sipp (Debian package sip-tester)", &error))?;
        Ok(Self { child, statistics })
    }

    /// Waits for the last answer; gives how many requests had to be sent again.
    pub(super) fn finish(mut self) -> Result<u64, Failed> {
        let status = self.child.wait().map_err(|error| failed("sipp", &error))?;
        let text = fs::read_to_string(&self.statistics)
            .map_err(|error| failed("the statistics of sipp", &error))?;
        let count = |name| last_of_column(&text, name);
        let (ok, not) = (count("SuccessfulCall(C)"), count("FailedCall(C)"));
        if !status.success() || not != Some(0) {
            return Err(Failed(format!(
                "sipp: {status}: not every registration went through: {ok:?} did, {not:?} did not"
            )));
        }
        Ok(count("Retransmissions(C)").unwrap_or(0))
    }
}

impl Drop for Sipp {
    fn drop(&mut self) {
        // Of one that has finished nothing is left to kill.
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// The number in the last row of SIPp's statistics.
fn last_of_column(text: &str, name: &str) -> Option<u64> {
    let mut lines = text.lines();
    let column = lines.next()?.split(';').position(|head| head == name)?;
    lines.last()?.split(';').nth(column)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_row_counts() {
        let text = "A;Retransmissions(C);B\n1;2;3\n4;5;6\n";
        assert_eq!(last_of_column(text, "Retransmissions(C)"), Some(5));
        assert_eq!(last_of_column(text, "C"), None);
        assert_eq!(last_of_column("A\n", "A"), None);
    }

    #[test]
    fn refreshes_have_their_place() {
        assert_eq!(REGISTRATION.matches(REFRESHES_HERE).count(), 1);
        assert_eq!(REFRESHES.matches("PAUSE_MS").count(), 1);
    }
}
