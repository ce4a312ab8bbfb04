//! How much is kept.

use flow::Limits;
use flow::reassembly::WAITING_SEGMENT;

use crate::scene::{DWR, NOTHING, OK, OPTIONS, Scene};

#[test]
fn what_waits_in_one_direction_is_bounded() {
    let limits = Limits {
        held_by_direction: 2 * (OK.len() + WAITING_SEGMENT),
        ..Limits::default()
    };
    let mut scene = Scene::limited(limits);
    scene.syn((1, 2));
    assert_eq!(scene.data((1, 2), 0, OPTIONS), ["2: OPTIONS"]);
    assert_eq!(scene.data((1, 2), 100, OK), NOTHING);
    assert_eq!(scene.data((1, 2), 124, OK), NOTHING);
    let told = ["3: 200", "4: 200", "2-3: (54 octets missing)"];
    assert_eq!(scene.data((1, 2), 200, OK), told);
}

#[test]
fn what_all_connections_hold_is_bounded_and_the_silent_one_gives_way() {
    let limits = Limits {
        held: 100,
        ..Limits::default()
    };
    let mut scene = Scene::limited(limits);
    for port in [1, 2, 3] {
        scene.syn((port, 40_000));
        assert_eq!(scene.data((port, 40_000), 0, &OPTIONS[..30]), NOTHING);
    }
    assert_eq!(scene.data((1, 40_000), 30, &OPTIONS[30..40]), NOTHING);
    // The second was silent for longest: what it holds of a message is dropped.
    scene.syn((4, 40_000));
    let told = scene.data((4, 40_000), 0, &DWR[..30]);
    assert_eq!(told, ["4: (30 octets dropped: too many wait for others)"]);
    assert_eq!(
        scene.data((1, 40_000), 40, &OPTIONS[40..]),
        ["2-10: OPTIONS"]
    );
    assert_eq!(
        scene.data((3, 40_000), 30, &OPTIONS[30..]),
        ["6-11: OPTIONS"]
    );
    assert_eq!(scene.data((4, 40_000), 30, &DWR[30..]), ["9-12: DWR"]);
    // It is read on from its next message.
    let rest = [&OPTIONS[30..], b"\r\n", OK].concat();
    let told = ["13: 200", "13: (18 octets until the next message)"];
    assert_eq!(scene.data((2, 40_000), 30, &rest), told);
}

#[test]
fn a_connection_that_gives_way_tells_what_it_was_amid() {
    let limits = Limits {
        connections: 2,
        ..Limits::default()
    };
    let mut scene = Scene::limited(limits);
    assert_eq!(scene.data((1, 40_000), 0, &OPTIONS[..30]), NOTHING);
    assert_eq!(scene.data((2, 40_000), 0, OK), ["2: 200"]);
    let told = [
        "3: 200",
        "1: (the stream ends after 30 octets of a message)",
    ];
    assert_eq!(scene.data((3, 40_000), 0, OK), told);
}
