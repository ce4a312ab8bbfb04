//! A network namespace of the test's own: freeDiameter listens on every address, and wants one besides loopback.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::fd::AsFd;
use std::process::{Child, Command, Stdio};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// What is there in the namespace: loopback, and a pair of interfaces that nobody else is at.
const SETUP: &str = "ip link set lo up && ip link add fd0 type veth peer name fd1 && \
                     ip addr add 10.88.0.1/24 dev fd0 && ip link set fd0 up && ip link set fd1 up && \
                     echo ready && exec sleep infinity";

/// Keeps the namespace; it is gone when dropped.
pub(crate) struct Namespace {
    holder: Child,
}

impl Namespace {
    /// Makes one and moves this thread, and with it what it starts, into it.
    pub(crate) fn enter() -> Self {
        let mut holder = Command::new("unshare")
            .args(["--net", "sh", "-c", SETUP])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare, of util-linux");
        let mut line = String::new();
        let said = holder.stdout.take().expect("piped");
        BufReader::new(said)
            .read_line(&mut line)
            .expect("what it says");
        let namespace = Self { holder };
        assert_eq!(
            line, "ready\n",
            "no network namespace with a veth pair could be made: run the tests as root, with `ip` of iproute2"
        );
        let link =
            File::open(format!("/proc/{}/ns/net", namespace.holder.id())).expect("the namespace");
        move_into_link_name_space(link.as_fd(), Some(LinkNameSpaceType::Network))
            .expect("a namespace can be entered: run the tests as root");
        namespace
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _gone = self.holder.kill();
        let _reaped = self.holder.wait();
    }
}
