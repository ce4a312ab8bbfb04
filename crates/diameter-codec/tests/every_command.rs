//! Every command and group of every dictionary, with random valid content: read field by field as it was made, and
//! written back octet for octet.

mod frames;
mod random;

use std::collections::BTreeSet;

use bytes::BytesMut;
use diameter_abnf::{Command as Grammar, Dictionary, Member, rust};
use diameter_codec::{AvpValue as _, Command, cx};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use random::{Content, Shown, commands, members_of};

/// Runs `body` with random content of each command.
fn for_each_command(
    cases: u32,
    body: impl Fn(&'static Dictionary, &'static Grammar, u8, Content) -> Result<(), TestCaseError>,
) {
    for (dictionary, command) in commands() {
        let mut runner = TestRunner::new(Config {
            cases,
            failure_persistence: None,
            ..Config::default()
        });
        let strategy = (
            random::header_flags(command),
            random::content(&command.members),
        );
        let ran = runner.run(&strategy, |(flags, content)| {
            body(dictionary, command, flags, content)
        });
        ran.unwrap_or_else(|problem| panic!("{}: {problem}", command.name));
    }
}

#[test]
fn is_read_field_by_field_and_written_back_octet_for_octet() {
    for_each_command(96, |dictionary, command, flags, content| {
        let octets = random::frame(command, dictionary.application, flags, &content);
        let message = frames::message(octets.clone());
        let read = match Command::decode(&message) {
            Ok(read) => read,
            Err(problem) => return Err(TestCaseError::fail(format!("{problem}\n{message}"))),
        };
        let shown = Shown {
            name: &command.name,
            members: &command.members,
            content: &content,
            m_bit: None,
        };
        let expected = format!(
            "{}({}({shown:#?}))",
            dictionary.name,
            rust::type_name(&command.name)
        );
        // An answer with the E bit is one of the base protocol.
        let found = format!("{read:#?}");
        prop_assert_eq!(flat(&found), flat(&expected));
        let mut written = BytesMut::new();
        read.encode(message.header(), &mut written);
        prop_assert_eq!(&written[..], &octets[..], "{}", message);
        Ok(())
    });
}

/// `{:#?}` without its layout, which depends on the depth.
fn flat(shown: &str) -> String {
    shown
        .lines()
        .map(|line| line.trim().trim_end_matches(','))
        .collect::<Vec<_>>()
        .join("\n")
        .replace("(\n", "(")
        .replace("\n)", ")")
}

/// RFC 6733 §3.2, §4.4: only AVPs in angle brackets have a place.
#[test]
fn is_the_same_in_any_order() {
    for_each_command(24, |dictionary, command, flags, content| {
        let straight = random::frame(command, dictionary.application, flags, &content);
        // Members the other way round, those of one kind in their order.
        let mut turned = content;
        turned.reverse();
        let turned = random::frame(command, dictionary.application, flags, &turned);
        let (straight, turned) = (frames::message(straight), frames::message(turned));
        let (straight, turned) = (Command::decode(&straight), Command::decode(&turned));
        prop_assert!(straight.is_ok());
        prop_assert_eq!(straight, turned);
        Ok(())
    });
}

/// What one member too few or too many does, for every member of every command.
#[test]
fn too_few_and_too_many_are_told_of_every_member() {
    for_each_command(8, |dictionary, command, flags, content| {
        for (at, member) in command.members.iter().enumerate() {
            if member.is_any() {
                continue;
            }
            let result = |nodes: Vec<random::Node>| {
                let mut changed = content.clone();
                changed[at] = nodes;
                let octets = random::frame(command, dictionary.application, flags, &changed);
                let message = frames::message(octets);
                Command::decode(&message)
                    .map(drop)
                    .map_err(|error| (error.result_code().0, error.path().last()))
            };
            let code = |name: &str| {
                let lines = random::DICTIONARIES.iter().flat_map(|one| &one.avps);
                let line = lines.into_iter().find(|line| line.name == name);
                line.map(|line| diameter_codec::AvpCode::new(line.vendor.unwrap_or(0), line.code))
            };
            let few = result(Vec::new());
            match member.min {
                0 => prop_assert_eq!(few, Ok(()), "{}", member.avp),
                _ => prop_assert_eq!(few, Err((5005, code(&member.avp))), "{}", member.avp),
            }
            let Some(one) = content[at].first() else {
                continue;
            };
            let many = result(vec![one.clone(); member.max.unwrap_or(4) as usize + 1]);
            match member.max {
                None => prop_assert_eq!(many, Ok(()), "{}", member.avp),
                Some(_) => prop_assert_eq!(many, Err((5009, code(&member.avp))), "{}", member.avp),
            }
        }
        Ok(())
    });
}

/// The groups that no command reaches, which the tests above therefore leave out.
#[test]
fn groups_outside_of_commands_are_read_too() {
    fn reach(members: &'static [Member], reached: &mut BTreeSet<&'static str>) {
        for member in members.iter().filter(|member| !member.is_any()) {
            let is_group = random::DICTIONARIES
                .iter()
                .any(|one| one.groups.iter().any(|group| group.name == member.avp));
            if is_group && reached.insert(&member.avp) {
                reach(members_of(&member.avp), reached);
            }
        }
    }
    let mut reached = BTreeSet::new();
    for (_, command) in commands() {
        reach(&command.members, &mut reached);
    }
    let groups = random::DICTIONARIES.iter().flat_map(|one| &one.groups);
    let alone: Vec<_> = groups
        .filter(|group| !reached.contains(group.name.as_str()))
        .collect();
    let names: Vec<_> = alone.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(names, ["Supported-Applications"]);
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::default()
    });
    let ran = runner.run(&random::content(&alone[0].members), |content| {
        let octets = random::octets(&content);
        let avp = diameter_codec::Avp {
            code: cx::avp::SUPPORTED_APPLICATIONS,
            data: &octets,
            ..Default::default()
        };
        let read = cx::SupportedApplications::read(&avp);
        let shown = Shown {
            name: &alone[0].name,
            members: &alone[0].members,
            content: &content,
            m_bit: None,
        };
        prop_assert_eq!(format!("{:?}", read.unwrap()), format!("{shown:?}"));
        Ok(())
    });
    ran.unwrap_or_else(|problem| panic!("{problem}"));
}
