//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::role::Role;
use crate::users::{MAX_USERS, Scheme};

/// An IMS core on loopback, and a phone that registers in it.
#[derive(Debug, Parser)]
#[command(
    name = "lab",
    version,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true
)]
pub(crate) struct Flags {
    #[command(subcommand)]
    pub(crate) part: Option<Part>,
    #[command(flatten)]
    pub(crate) lab: LabFlags,
}

/// What the lab can be instead of a whole lab.
#[derive(Debug, Subcommand)]
pub(crate) enum Part {
    /// Run one element by a configuration of its own
    Element {
        /// End when standard input closes
        #[arg(long, hide = true)]
        until_stdin_closes: bool,
        /// Which one
        role: Role,
        /// What the element's own program takes: see `lab element NAME --help`
        #[arg(
            trailing_var_arg = true,
            allow_hyphen_values = true,
            value_name = "ARGUMENTS"
        )]
        args: Vec<OsString>,
    },
    /// Print a subscriber file for the HSS and for phones in bulk
    Subscribers {
        /// How many users
        #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_USERS)))]
        users: u32,
        /// What they prove themselves with
        #[arg(long, value_enum, default_value = "aka")]
        scheme: Scheme,
    },
}

/// How the whole lab runs.
#[derive(Debug, Args)]
pub(crate) struct LabFlags {
    /// End after the registration: status 0, or an error that says why it failed
    #[arg(long)]
    pub(crate) once: bool,
    /// Register N phones with users made up for them, instead of alice's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_USERS)))]
    pub(crate) phones: Option<u32>,
    /// What those users prove themselves with
    #[arg(long, value_enum, default_value = "aka", requires = "phones")]
    pub(crate) scheme: Scheme,
    /// Share 127.0.0.1 and take 50 ports from N, so that several labs can run
    #[arg(long, value_name = "N")]
    pub(crate) base_port: Option<u16>,
    /// Everything on ::1, 50 ports from --base-port or 15060
    #[arg(long)]
    pub(crate) ipv6: bool,
    /// Where configurations, logs, database and capture go, and stay [default: a temporary directory]
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Do not remove the temporary directory at the end
    #[arg(long)]
    pub(crate) keep: bool,
    /// Which messages the ladder shows; the capture has all
    #[arg(long, value_name = "WHAT", value_enum, default_value = "no-watchdog")]
    pub(crate) show: Shown,
    /// Least level that elements log, or a filter such as info,scscf=debug
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    pub(crate) log: String,
}

/// [`flow::Show`] on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shown {
    /// Every message
    All,
    /// All but Diameter's DWR and DWA
    NoWatchdog,
    /// Neither those nor what sets up Diameter connections
    Procedures,
}

impl From<Shown> for flow::Show {
    fn from(shown: Shown) -> flow::Show {
        match shown {
            Shown::All => flow::Show::Everything,
            Shown::NoWatchdog => flow::Show::WithoutWatchdog,
            Shown::Procedures => flow::Show::Procedures,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_elements_arguments_are_its_own() {
        let line = [
            "lab",
            "element",
            "--until-stdin-closes",
            "scscf",
            "--config",
            "a",
            "--once",
        ];
        let flags = Flags::try_parse_from(line).expect("valid");
        let Some(Part::Element {
            until_stdin_closes,
            role,
            args,
        }) = flags.part
        else {
            panic!("not an element: {flags:?}");
        };
        assert!(until_stdin_closes);
        assert_eq!(role, Role::Scscf);
        assert_eq!(args, ["--config", "a", "--once"]);
    }

    #[test]
    fn without_arguments_it_is_a_whole_lab() {
        let flags = Flags::try_parse_from(["lab"]).expect("valid");
        assert!(flags.part.is_none() && !flags.lab.once && !flags.lab.keep);
        assert_eq!(flags.lab.show, Shown::NoWatchdog);
        let flags =
            Flags::try_parse_from(["lab", "--once", "--base-port", "21000"]).expect("valid");
        assert_eq!(flags.lab.base_port, Some(21_000));
        for wrong in [["lab", "--base-port", "70000"], ["lab", "element", "mgcf"]] {
            assert!(Flags::try_parse_from(wrong).is_err());
        }
    }
}
