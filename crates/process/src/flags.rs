//! The command line that all elements have alike.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser};

use crate::logs::{self, LogFormat};

/// What the command line says.
#[derive(Debug, Clone, PartialEq, Eq, Parser)]
#[command(version, disable_help_subcommand = true)]
pub(crate) struct Flags {
    /// Configuration file (TOML)
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// Only say whether the configuration is valid: exit status 0 or 64
    #[arg(long)]
    pub(crate) check: bool,
    /// Least level to log, or a filter such as info,scscf=debug
    #[arg(long, value_name = "LEVEL", default_value = "info", value_parser = logs::parse_filter)]
    pub(crate) log: String,
    /// How a log line is written, on standard error
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    pub(crate) log_format: LogFormat,
    /// Write what is sent and received as pcapng to FILE, or to standard output for `-`
    #[arg(long, value_name = "FILE")]
    pub(crate) capture: Option<PathBuf>,
}

impl Flags {
    /// Reads `args`, which do not begin with the program's name.
    pub(crate) fn read(
        element: &'static str,
        args: impl Iterator<Item = OsString>,
    ) -> Result<Self, clap::Error> {
        let command = Self::command()
            .name(element)
            .bin_name(element)
            .about(format!(
                "Wayfarer's {element}: one element of an IMS network"
            ));
        let args = std::iter::once(OsString::from(element)).chain(args);
        Self::from_arg_matches(&command.try_get_matches_from(args)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> Result<Flags, String> {
        Flags::read("scscf", args.iter().map(OsString::from)).map_err(|error| error.to_string())
    }

    #[test]
    fn defaults_and_all_flags() {
        let flags = read(&["--config", "a.toml"]).unwrap();
        assert_eq!(flags.config, PathBuf::from("a.toml"));
        assert_eq!(
            (flags.check, flags.log.as_str(), flags.capture),
            (false, "info", None)
        );
        let flags = read(&[
            "--config",
            "a",
            "--check",
            "--log",
            "warn,scscf=trace",
            "--log-format",
            "json",
            "--capture",
            "-",
        ])
        .unwrap();
        assert!(flags.check);
        assert_eq!(flags.log_format, LogFormat::Json);
        assert_eq!(flags.capture, Some(PathBuf::from("-")));
    }

    #[test]
    fn wrong_flags_are_explained() {
        assert!(read(&[]).unwrap_err().contains("--config <FILE>"));
        assert!(
            read(&["--config", "a", "--chek"])
                .unwrap_err()
                .contains("'--check'")
        );
        let wrong_level = read(&["--config", "a", "--log", "sip=loud"]).unwrap_err();
        assert!(wrong_level.contains("write a level"), "{wrong_level}");
    }
}
