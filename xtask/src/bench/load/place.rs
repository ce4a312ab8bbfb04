//! Where a measured network is: loopback addresses and a folder of its own.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::step::Failed;

use super::failed;

/// The users' home network.
pub(super) const DOMAIN: &str = "home.example";

/// As RFC 3261 has it.
const T1: Duration = Duration::from_millis(500);

/// Where everything of one run is.
pub(super) struct Ground {
    /// This very program; our elements are beside it.
    pub(super) own: PathBuf,
    /// For files, removed at the end.
    pub(super) folder: PathBuf,
}

/// Addresses, files, and the users that are in those.
pub(super) struct Place {
    /// As [`Ground::own`].
    pub(super) own: PathBuf,
    pub(super) folder: PathBuf,
    pub(super) users: usize,
    /// T1 of our elements.
    pub(super) t1: Duration,
    block: u8,
}

impl Place {
    /// A folder with what SIPp and our HSS need to know of `users` users.
    pub(super) fn new(ground: &Ground, name: &str, users: usize) -> Result<Self, Failed> {
        let folder = ground.folder.join(name);
        fs::create_dir_all(&folder).map_err(|error| failed("a folder for the run", &error))?;
        let place = Self {
            own: ground.own.clone(),
            folder,
            users,
            t1: T1,
            // Runs side by side, as in tests, have other numbers.
            block: (std::process::id() % 250) as u8,
        };
        place.write("users.csv", &place.injection())?;
        Ok(place)
    }

    /// Where `element` is.
    pub(super) fn address(&self, element: &str) -> SocketAddr {
        let (host, port) = match element {
            "pcscf" => (2, 5060),
            "icscf" => (3, 5060),
            "scscf" => (4, 5060),
            "hss" => (5, 3868),
            "floor" => (6, 5060),
            "kamailio" => (7, 5060),
            _ => (20, 5060),
        };
        SocketAddr::from((Ipv4Addr::new(127, 77, self.block, host), port))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) -> Result<PathBuf, Failed> {
        let path = self.path(name);
        fs::write(&path, text).map_err(|error| failed(&path.display().to_string(), &error))?;
        Ok(path)
    }

    /// SIPp's injection file.
    fn injection(&self) -> String {
        let line = |user| {
            format!(
                "user{user};[authentication username=user{user}@{DOMAIN} password=secret{user}]\n"
            )
        };
        let lines: String = (0..self.users).map(line).collect();
        format!("SEQUENTIAL\n{lines}")
    }
}
