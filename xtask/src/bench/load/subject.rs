//! What is measured: our elements, Kamailio, and the bare floor.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use sip_stack::digest::{Algorithm, Ha1};

use crate::packages::find;
use crate::step::Failed;

use super::failed;
use super::place::{DOMAIN, Place};
use super::running::Running;

const KAMAILIO: &str = include_str!("kamailio.cfg");
/// Kamailio's shared memory, enough for everything here, and what each of its processes has, in MiB.
const KAMAILIO_MEMORY: [&str; 4] = ["-m", "1024", "-M", "16"];

/// Who answers the phones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// Copied responses.
    Floor,
    /// A plain registrar.
    Kamailio,
    /// Our S-CSCF, with our HSS behind it.
    Scscf,
    /// Our P-CSCF, with I-CSCF, S-CSCF and HSS behind it.
    Core,
}

impl Subject {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Kamailio => "kamailio",
            Self::Scscf => "scscf",
            Self::Core => "core",
        }
    }

    /// Whom the phones send to.
    pub(super) fn entry(self) -> &'static str {
        match self {
            Self::Core => "pcscf",
            other => other.name(),
        }
    }

    /// Starts all its programs.
    pub(super) fn start(self, place: &Place) -> Result<Vec<Running>, Failed> {
        match self {
            Self::Floor => Ok(vec![floor(place)?]),
            Self::Kamailio => Ok(vec![kamailio(place)?]),
            Self::Scscf => ours(place, &["hss", "scscf"]),
            Self::Core => ours(place, &["hss", "scscf", "icscf", "pcscf"]),
        }
    }
}

/// This very program, as the floor.
fn floor(place: &Place) -> Result<Running, Failed> {
    let mut command = Command::new(&place.own);
    command.args(["bench", "floor", &place.address("floor").to_string()]);
    Running::start("floor", &mut command, "is ready")
}

fn kamailio(place: &Place) -> Result<Running, Failed> {
    // Tables of text: a line of columns, a line for each row.
    let mut table =
        String::from("key_name(str) key_type(int) value_type(int) key_value(str) expires(int)\n");
    for user in 0..place.users {
        let password = format!("secret{user}");
        let impi = format!("user{user}@{DOMAIN}");
        let ha1 = Ha1::of(Algorithm::Md5, &impi, DOMAIN, password.as_bytes());
        table.push_str(&format!("user{user}:0:0:{}:0\n", ha1.hex().as_str()));
    }
    place.write("ha1", &table)?;
    place.write("version", "table_name(str) table_version(int)\nhtable:2\n")?;
    let folder = place.folder.display().to_string();
    let text = KAMAILIO
        .replace("LISTEN", &place.address("kamailio").to_string())
        .replace("FOLDER", &folder);
    let configuration = place.write("kamailio.cfg", &text)?;
    let program = find("kamailio").ok_or_else(|| {
        Failed("kamailio is not installed: `cargo xtask test` does it".to_owned())
    })?;
    let mut command = Command::new(program);
    // In the foreground, and telling what happens on standard error.
    command
        .arg("-f")
        .arg(configuration)
        .args(["-DD", "-E", "-x", "fm", "-w", &folder, "-Y", &folder])
        .args(KAMAILIO_MEMORY)
        .arg("-P")
        .arg(place.path("kamailio.pid"));
    Running::start("kamailio", &mut command, "is ready")
}

fn ours(place: &Place, elements: &[&'static str]) -> Result<Vec<Running>, Failed> {
    place.write("subscribers.json", &subscribers(place.users))?;
    // A database of an earlier run would know other users.
    for file in ["hss.sqlite3", "hss.sqlite3-wal", "hss.sqlite3-shm"] {
        match fs::remove_file(place.path(file)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(failed(file, &error));
            }
            _ => {}
        }
    }
    let built = place.own.parent().unwrap_or(Path::new("."));
    elements
        .iter()
        .map(|element| {
            let text = configuration(element, place);
            let configuration = place.write(&format!("{element}.toml"), &text)?;
            let mut command = Command::new(built.join(element));
            command.arg("--config").arg(configuration);
            Running::start(element, &mut command, "is ready")
        })
        .collect()
}

/// The smallest configuration of `element`.
fn configuration(element: &str, place: &Place) -> String {
    let at = |name| place.address(name);
    let sip = format!(
        "[sip]\nlisten = \"{}\"\ntimers.t1_ms = {}\n",
        at(element),
        place.t1.as_millis()
    );
    let diameter = format!(
        "[diameter]\nidentity = \"{element}.{DOMAIN}\"\nrealm = \"{DOMAIN}\"\nreconnect_ms = 100\n\
         [[diameter.peer]]\nidentity = \"hss.{DOMAIN}\"\naddress = \"{}\"\n",
        at("hss")
    );
    match element {
        "hss" => format!(
            "subscribers = \"subscribers.json\"\ndatabase = \"hss.sqlite3\"\n[diameter]\nidentity = \"hss.{DOMAIN}\"\n\
             realm = \"{DOMAIN}\"\nlisten = \"{}\"\nadmit = \"anyone\"\n",
            at("hss")
        ),
        "scscf" => {
            format!("name = \"sip:scscf.{DOMAIN}\"\nrealm = \"{DOMAIN}\"\n{sip}{diameter}")
        }
        "icscf" => format!(
            "{sip}{diameter}[[scscf]]\nname = \"sip:scscf.{DOMAIN}\"\n[names]\n\"scscf.{DOMAIN}\" = \"{}\"\n",
            at("scscf")
        ),
        _ => format!(
            "network = \"{DOMAIN}\"\n{sip}[core]\nlisten = \"{}\"\n[names]\n\"{DOMAIN}\" = \"{}\"\n",
            SocketAddr::new(at("pcscf").ip(), 5070),
            at("icscf")
        ),
    }
}

fn subscribers(users: usize) -> String {
    let subscription = |user| {
        format!(
            "{{\"private_identities\":[{{\"impi\":\"user{user}@{DOMAIN}\",\"password\":\"secret{user}\"}}],\
             \"implicit_registration_sets\":[{{\"service_profiles\":[{{\"public_identities\":\
             [{{\"identity\":\"sip:user{user}@{DOMAIN}\"}}]}}]}}]}}"
        )
    };
    let subscriptions: Vec<String> = (0..users).map(subscription).collect();
    format!("{{\"subscriptions\":[{}]}}", subscriptions.join(",\n"))
}
