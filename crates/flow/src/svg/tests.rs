use quick_xml::Reader;
use quick_xml::events::Event as Xml;

use super::*;
use crate::scene::Scene;

/// How often each element is there, of a file that is well-formed.
fn elements(file: &str) -> std::collections::BTreeMap<String, usize> {
    let mut reader = Reader::from_str(file);
    let mut found = std::collections::BTreeMap::new();
    let mut open = 0;
    loop {
        match reader.read_event().expect("well-formed") {
            Xml::Start(start) => {
                open += 1;
                let name = start.name().as_ref().to_owned();
                assert!(start.attributes().all(|attribute| attribute.is_ok()));
                *found.entry(name).or_default() += 1;
            }
            Xml::Empty(start) => {
                let name = start.name().as_ref().to_owned();
                assert!(start.attributes().all(|attribute| attribute.is_ok()));
                *found.entry(name).or_default() += 1;
            }
            Xml::End(_) => open -= 1,
            Xml::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open, 0);
    found
}

#[test]
fn a_picture_has_a_lifeline_a_node_and_an_arrow_a_message() {
    let mut scene = Scene::default();
    let mut picture = Picture::new("lab.pcapng");
    let mut again = scene.register("10.0.0.1", "10.0.0.2", "c1", "sip:a@b", "");
    picture.draw(&again, None);
    again.passage = Passage::Again;
    picture.draw(&again, None);
    picture.draw(
        &scene.registered("10.0.0.2", "10.0.0.1", "c1", "200 OK"),
        None,
    );
    picture.draw(
        &scene.register("10.0.0.2", "10.0.0.2", "c2", "sip:a@b", ""),
        None,
    );
    let file = picture.finish(scene.nodes(), &["packet 7: cut short".to_owned()]);
    let found = elements(&file);
    // Two lifelines and three arrows; the last message is to oneself.
    assert_eq!((found["line"], found["polygon"], found["path"]), (5, 4, 1));
    assert_eq!(file.matches("stroke-dasharray").count(), 1);
    assert!(file.contains("packet 7: cut short"));
    assert!(file.contains("class=\"success\""));
    assert!(!file.contains("cut after"));
}

#[test]
fn nothing_off_the_wire_is_markup() {
    let hostile = "\"><script>alert(1)</script><!--]]>&\u{1}\u{202e}\u{ffff}";
    let mut scene = Scene::default();
    let mut event = scene.register("10.0.0.1", "10.0.0.2", "c1", "sip:a@b", "");
    hostile.clone_into(&mut event.label);
    hostile.clone_into(&mut event.detail);
    let mut picture = Picture::new(hostile);
    picture.draw(&event, None);
    let nodes = Nodes::new([crate::node::Node {
        name: hostile.to_owned(),
        places: vec![],
    }]);
    let file = picture.finish(&nodes, &[hostile.to_owned()]);
    assert_eq!(elements(&file).get("script"), None);
    assert!(file.chars().all(|it| it == '\n' || !it.is_control()));
    assert!(file.contains("&lt;script&gt;"));
}

#[test]
fn a_picture_is_bounded_and_says_what_it_leaves_out() {
    let mut scene = Scene::default();
    let mut event = scene.register("10.0.0.1", "10.0.0.2", "c1", "sip:a@b", "");
    event.detail = "x".repeat(60_000);
    let mut picture = Picture::new("many");
    for _ in 0..MAX_ROWS + 7 {
        picture.draw(&event, None);
    }
    assert_eq!(picture.cut(), 7);
    let notices = vec!["y".repeat(60_000); MAX_NOTICES + 3];
    let file = picture.finish(scene.nodes(), &notices);
    assert!(file.contains("cut after 2000: 7 messages more"));
    assert!(file.contains("and 3 notices more"));
    assert!(file.len() < MAX_ROWS * (MAX_TEXT + 1_500), "{}", file.len());
}
