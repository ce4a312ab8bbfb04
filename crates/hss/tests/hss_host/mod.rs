//! An HSS on a host of a simulation, and an S-CSCF's connection to it.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use driver::io::Io;
use hss::{Config, Hss};
use process::{Element, Host, Running};
use sim::{Faults, Sim, Stream};
use tokio::io::AsyncWriteExt;

use crate::frames::*;
use crate::subscribers::FILE;

pub(crate) const HSS: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
pub(crate) const SCSCF: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
pub(crate) const CX: u32 = 16_777_216;
pub(crate) const REQUEST: u8 = 0xC0;
pub(crate) const ANSWER: u8 = 0x40;
pub(crate) const UAR: u32 = 300;
pub(crate) const SAR: u32 = 301;
pub(crate) const LIR: u32 = 302;
pub(crate) const MAR: u32 = 303;

pub(crate) fn config(directory: &Path) -> Config {
    config_with(directory, FILE)
}

/// A configuration in `directory`, with `file` as its subscribers.
pub(crate) fn config_with(directory: &Path, file: &str) -> Config {
    config_keeping(directory, file, "clear")
}

/// The same, with what becomes of users whose S-CSCF does not answer.
pub(crate) fn config_keeping(directory: &Path, file: &str, unanswered: &str) -> Config {
    let subscribers = directory.join("subscribers.json");
    std::fs::write(&subscribers, file).unwrap();
    let text = format!(
        "subscribers = {subscribers:?}\ndatabase = {:?}\n[diameter]\nidentity = \"hss.home.example\"\n\
         realm = \"home.example\"\nlisten = \"10.0.0.1:3868\"\n\
         [[diameter.peer]]\nidentity = \"s1.home.example\"\n[[diameter.peer]]\nidentity = \"s2.home.example\"\n\
         [[scscf]]\nname = \"sip:s1.home.example\"\n[[scscf]]\nname = \"sip:s2.home.example\"\n\
         [notices]\nattempts = 3\npause_ms = 1000\nunanswered = \"{unanswered}\"\n",
        directory.join("hss.sqlite3")
    );
    process::config::parse::<Config>(Path::new("hss.toml"), text)
        .unwrap()
        .split()
        .0
}

pub(crate) async fn start(sim: &Sim) -> Running {
    let io = sim.host(HSS);
    let directory = io.directory().unwrap();
    Hss::start(config(&directory), Host::new("hss", io))
        .await
        .unwrap()
}

/// A connection on which capabilities are exchanged.
pub(crate) async fn connect(sim: &Sim) -> Stream {
    connect_as(sim, "s1").await
}

/// The same for another S-CSCF.
pub(crate) async fn connect_as(sim: &Sim, name: &str) -> Stream {
    let mut stream = sim
        .host(SCSCF)
        .connect(None, SocketAddr::new(HSS, 3868))
        .await
        .unwrap();
    let cer = frame(
        0x80,
        257,
        0,
        &[
            ietf(264, format!("{name}.home.example").as_bytes()),
            ietf(296, b"home.example"),
            ietf(257, &[0, 1, 10, 0, 0, 2]),
            ietf(266, &0u32.to_be_bytes()),
            avp(269, 0, 0, b"test"),
            ietf(265, &10_415u32.to_be_bytes()),
            application(),
        ],
    );
    let cea = ask(&mut stream, &cer).await;
    assert_eq!(result(&cea), 2001);
    stream
}

pub(crate) fn application() -> Vec<u8> {
    ietf(
        260,
        &[
            ietf(266, &10_415u32.to_be_bytes()),
            ietf(258, &CX.to_be_bytes()),
        ]
        .concat(),
    )
}

/// Runs `scenario` with a connection to a fresh HSS.
pub(crate) fn with_hss<R>(scenario: impl AsyncFnOnce(&Sim, Running, Stream) -> R) -> R {
    sim::run(1, Faults::default(), async |sim: Sim| {
        let running = start(&sim).await;
        let stream = connect(&sim).await;
        scenario(&sim, running, stream).await
    })
}

/// A Cx request with the head that all have.
pub(crate) fn request(command: u32, rest: &[Vec<u8>]) -> Vec<u8> {
    let mut avps = vec![
        ietf(263, b"s1.home.example;1;2"),
        application(),
        ietf(277, &1u32.to_be_bytes()),
        ietf(264, b"s1.home.example"),
        ietf(296, b"home.example"),
        ietf(283, b"home.example"),
    ];
    avps.extend_from_slice(rest);
    frame(REQUEST, command, CX, &avps)
}

pub(crate) fn uar(impi: &str, impu: &str) -> Vec<u8> {
    request(
        UAR,
        &[
            ietf(1, impi.as_bytes()),
            tgpp(601, impu.as_bytes()),
            tgpp(600, b"home.example"),
        ],
    )
}

pub(crate) fn sar(sat: u32, name: &str, rest: &[Vec<u8>]) -> Vec<u8> {
    let mut avps = vec![
        tgpp(602, format!("sip:{name}.home.example").as_bytes()),
        tgpp(614, &sat.to_be_bytes()),
        tgpp(624, &0u32.to_be_bytes()),
    ];
    avps.extend_from_slice(rest);
    request(SAR, &avps)
}

pub(crate) fn pair(impi: &str, impu: &str) -> [Vec<u8>; 2] {
    [ietf(1, impi.as_bytes()), tgpp(601, impu.as_bytes())]
}

/// An HSS that can be crashed, with `file` as its subscribers.
pub(crate) async fn restart(sim: &Sim, file: &str) -> Stream {
    let directory = sim.host(HSS).directory().unwrap();
    let config = config_with(&directory, file);
    sim.start(HSS, async move |io| {
        let _running = Hss::start(config, Host::new("hss", io)).await.unwrap();
        std::future::pending::<()>().await
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    connect(sim).await
}

/// The HSS loses its memory and comes back.
pub(crate) async fn crash_and_restart(sim: &Sim, file: &str) -> Stream {
    sim.crash(HSS);
    restart(sim, file).await
}

/// Runs `scenario` with a connection to an HSS that can be crashed, with `file` as its subscribers.
pub(crate) fn with_file<R>(file: &str, scenario: impl AsyncFnOnce(&Sim, Stream) -> R) -> R {
    sim::run(1, Faults::default(), async |sim: Sim| {
        let stream = restart(&sim, file).await;
        scenario(&sim, stream).await
    })
}

pub(crate) const RTR: u32 = 304;
pub(crate) const PPR: u32 = 305;
const DWR: u32 = 280;

/// The next Cx request of the HSS; watchdogs are answered.
pub(crate) async fn next_request(stream: &mut Stream) -> Vec<u8> {
    loop {
        let request = ask(stream, &[]).await;
        assert_eq!(request[4] & 0x80, 0x80, "a request");
        if command(&request) != DWR {
            return request;
        }
        reply(stream, &request, &[ietf(268, &2001u32.to_be_bytes())]).await;
    }
}

/// Answers `request` with `rest` after the head that all answers have.
pub(crate) async fn reply(stream: &mut Stream, request: &[u8], rest: &[Vec<u8>]) {
    let session = every(&request[20..], 263)
        .into_iter()
        .map(|id| ietf(263, &id));
    let mut avps: Vec<Vec<u8>> = session.collect();
    avps.extend([ietf(264, b"s1.home.example"), ietf(296, b"home.example")]);
    if command(request) != DWR {
        avps.extend([application(), ietf(277, &1u32.to_be_bytes())]);
    }
    avps.extend_from_slice(rest);
    let mut answer = frame(request[4] & 0x40, command(request), 0, &avps);
    answer[8..20].copy_from_slice(&request[8..20]);
    stream.write_all(&answer).await.unwrap();
}

pub(crate) fn command(message: &[u8]) -> u32 {
    u32::from_be_bytes([0, message[5], message[6], message[7]])
}

/// Result-Code.
pub(crate) fn base(code: u32) -> Vec<u8> {
    ietf(268, &code.to_be_bytes())
}

/// Experimental-Result of 3GPP.
pub(crate) fn experimental(code: u32) -> Vec<u8> {
    let group = [
        ietf(266, &10_415u32.to_be_bytes()),
        ietf(298, &code.to_be_bytes()),
    ];
    ietf(297, &group.concat())
}
