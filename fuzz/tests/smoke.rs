//! Every target on mutations of its seeds, the same ones each time: no nightly, no libFuzzer, a few seconds.

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use fuzz::{Body, TARGETS};

/// Mutations of all seeds of one target together.
const ROUNDS: u64 = 20_000;
/// Longest input after mutation, in octets.
const LONGEST: usize = 8_192;

/// Pieces that parsers trip over.
const PIECES: [&[u8]; 22] = [
    b"\r\n",
    b"\r\n ",
    b"\n",
    b"\r",
    b"\0",
    b"\"",
    b"\\",
    b"<",
    b">",
    b";",
    b",",
    b":",
    b"=",
    b"%",
    b"@",
    b"[",
    b"]",
    b"\xff\xff\xff\xff",
    b"\x80\0\0\0",
    b"4294967296",
    b"\xc3\xa9",
    b" ",
];

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, which is not 0.
    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}

fn seeds(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("seeds")
        .join(target);
    let entries =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{target} has no seed");
    paths
        .into_iter()
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

fn mutated(seeds: &[(PathBuf, Vec<u8>)], random: &mut Random) -> Vec<u8> {
    let mut octets = seeds[random.below(seeds.len())].1.clone();
    for _ in 0..=random.below(4) {
        let at = random.below(octets.len() + 1);
        match random.below(7) {
            0 if at < octets.len() => octets[at] ^= 1 << random.below(8),
            1 if at < octets.len() => octets[at] = random.next() as u8,
            2 => octets.truncate(at),
            3 => {
                let end = (at + random.below(32)).min(octets.len());
                octets.drain(at..end);
            }
            4 => {
                let end = (at + random.below(64)).min(octets.len());
                let part = octets[at..end].to_vec();
                octets.splice(at..at, part);
            }
            5 => {
                let piece = PIECES[random.below(PIECES.len())];
                octets.splice(at..at, piece.iter().copied());
            }
            _ => {
                let other = &seeds[random.below(seeds.len())].1;
                let from = random.below(other.len() + 1);
                octets.truncate(at);
                octets.extend_from_slice(&other[from..]);
            }
        }
        octets.truncate(LONGEST);
    }
    octets
}

fn run(name: &str) {
    let (_, body): (_, Body) = *TARGETS.iter().find(|(known, _)| *known == name).unwrap();
    let seeds = seeds(name);
    for (path, seed) in &seeds {
        assert!(
            catch_unwind(|| body(seed)).is_ok(),
            "seed {}",
            path.display()
        );
    }
    let mut random = Random(0x5741_5946_4152_4552);
    for round in 0..ROUNDS {
        let input = mutated(&seeds, &mut random);
        let held = catch_unwind(|| body(&input));
        assert!(
            held.is_ok(),
            "round {round}: {:?}",
            String::from_utf8_lossy(&input)
        );
    }
}

macro_rules! a_test_each {
    ($($target:ident)+) => {
        $(
            #[test]
            fn $target() {
                run(stringify!($target));
            }
        )+
    };
}

fuzz::with_targets!(a_test_each);

/// The names of what is in a folder, without what follows a dot.
fn names_in(folder: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let stem = |path: PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    entries.map(|entry| stem(entry.unwrap().path())).collect()
}

#[test]
fn every_target_is_run_by_libfuzzer_too_and_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    for (name, _) in TARGETS {
        let path = format!("fuzz_targets/{name}.rs");
        let text = fs::read_to_string(root.join(&path)).unwrap_or_default();
        assert!(text.contains(&format!("fuzz::{name}(octets)")), "{path}");
        let bin = format!("name = \"{name}\"\npath = \"{path}\"\n");
        assert!(manifest.contains(&bin), "{path} is no program");
    }
    let names: BTreeSet<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names_in("fuzz_targets"), names);
    assert_eq!(names_in("seeds"), names);
}
