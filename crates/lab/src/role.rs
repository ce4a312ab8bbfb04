//! The elements of the lab.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::ValueEnum;

/// An element that the lab can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum)]
pub enum Role {
    /// The test phone.
    Ue,
    /// Its first hop.
    Pcscf,
    /// The entry of the home network.
    Icscf,
    /// The registrar.
    Scscf,
    /// Who is a user.
    Hss,
}

impl Role {
    /// From left to right in the ladder.
    pub const ALL: [Role; 5] = [Role::Ue, Role::Pcscf, Role::Icscf, Role::Scscf, Role::Hss];

    /// Its name in the ladder, in file names and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Role::Ue => "ue",
            Role::Pcscf => "pcscf",
            Role::Icscf => "icscf",
            Role::Scscf => "scscf",
            Role::Hss => "hss",
        }
    }

    /// Its place in [`Role::ALL`].
    pub(crate) fn index(self) -> usize {
        self as usize
    }

    /// The configuration that ships as an example and that the lab fills with its own addresses.
    pub(crate) fn example(self) -> &'static str {
        match self {
            Role::Ue => include_str!("../../../examples/lab.example/ue.toml"),
            Role::Pcscf => include_str!("../../../examples/lab.example/pcscf.toml"),
            Role::Icscf => include_str!("../../../examples/lab.example/icscf.toml"),
            Role::Scscf => include_str!("../../../examples/lab.example/scscf.toml"),
            Role::Hss => include_str!("../../../examples/lab.example/hss.toml"),
        }
    }

    /// Runs the element in this process, with its own command line.
    pub(crate) fn run(self, args: Vec<OsString>) -> ExitCode {
        match self {
            Role::Ue => ue::run(args),
            Role::Pcscf => pcscf::run(args),
            Role::Icscf => icscf::run(args),
            Role::Scscf => scscf::run(args),
            Role::Hss => hss::run(args),
        }
    }
}

/// The subscribers that the HSS of the lab loads.
pub(crate) const SUBSCRIBERS: &str = include_str!("../../../examples/lab.example/subscribers.json");

/// The name under which [`SUBSCRIBERS`] lies beside the configuration.
pub(crate) const SUBSCRIBERS_FILE: &str = "subscribers.json";
