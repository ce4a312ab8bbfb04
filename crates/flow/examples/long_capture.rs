//! A long capture, made of those of the repository again and again with other addresses and Call-IDs:
//! `cargo run --release -p flow --example long_capture FILE MEGABYTES`.

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

/// LINKTYPE_RAW.
const RAW_IP: usize = 101;

/// The packets of our captures that are raw IP in enhanced packet blocks of little-endian order.
fn packets() -> Vec<Vec<u8>> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../pcaps"));
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the folder")
        .map(|file| file.expect("a file").path())
        .filter(|file| file.extension().is_some_and(|it| it == "pcapng"))
        .collect();
    files.sort();
    let mut packets = Vec::new();
    for file in files {
        let file = fs::read(file).expect("a file");
        let mut rest = &file[..];
        while !rest.is_empty() {
            let word = |at: usize| {
                let word = rest[at..at + 4].try_into().expect("four octets");
                u32::from_le_bytes(word) as usize
            };
            let (kind, length) = (word(0), word(4));
            if kind == 1 && word(8) & 0xffff != RAW_IP {
                break;
            }
            if kind == 6 {
                packets.push(rest[28..28 + word(20)].to_vec());
            }
            rest = &rest[length..];
        }
    }
    packets
}

/// Writes nanosecond pcap of at least so many octets.
pub(crate) fn write(path: &Path, length: usize) {
    let mut file = BufWriter::new(File::create(path).expect("a file"));
    let header = [0xA1B2_3C4D_u32, 0x0004_0002, 0, 0, 262_144, RAW_IP as u32];
    for word in header {
        file.write_all(&word.to_le_bytes()).expect("written");
    }
    let mut packets = packets();
    let mut written = 0;
    for copy in 0_u32.. {
        if written >= length {
            break;
        }
        let [_, a, b, c] = copy.to_be_bytes();
        for (place, packet) in packets.iter_mut().enumerate() {
            if packet[0] >> 4 == 4 {
                // Both addresses keep their last octet, which tells the elements apart.
                for address in [12, 16] {
                    packet[address..address + 3].copy_from_slice(&[10 + a, b, c]);
                }
            }
            let call_id = packet.windows(9).position(|it| it == b"Call-ID: ");
            if let Some(at) = call_id {
                packet[at + 9..at + 15].copy_from_slice(format!("{copy:06x}").as_bytes());
            }
            let octets = packet.len() as u32;
            // Ten milliseconds for each copy.
            let seconds = 1_767_225_600 + copy / 100;
            let nanoseconds = copy % 100 * 10_000_000 + place as u32;
            for word in [seconds, nanoseconds, octets, octets] {
                file.write_all(&word.to_le_bytes()).expect("written");
            }
            file.write_all(packet).expect("written");
            written += 16 + packet.len();
        }
    }
    file.flush().expect("written");
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args_os().skip(1);
    let path = args.next().ok_or("which FILE?")?;
    let megabytes = args.next().ok_or("how many MEGABYTES?")?;
    let megabytes: usize = megabytes.to_string_lossy().parse()?;
    write(Path::new(&path), megabytes * 1_000_000);
    Ok(())
}
