//! Bodies of several parts: what was given out, put together again, is given out again.

use bytes::Bytes;
use sip_message::{ContentType, MAX_NESTING, MAX_PARTS, Multipart, Part, TypedHeader};

/// A Content-Type, a line end, and a body.
pub fn sip_multipart(octets: &[u8]) {
    let at = octets.iter().position(|octet| *octet == b'\n');
    let (content_type, body) = octets.split_at(at.unwrap_or(octets.len()));
    let Ok(content_type) = std::str::from_utf8(content_type) else {
        return;
    };
    let body = body.get(1..).unwrap_or_default();
    let Ok(content_type) = ContentType::parse(content_type) else {
        return;
    };
    let Ok(parts) = Multipart::new(&content_type, body) else {
        return;
    };
    assert!(parts.clone().count() <= MAX_PARTS + 1);
    for part in parts.clone().flatten() {
        nest(&part, 1);
    }
    if let Ok(parts) = parts.collect::<Result<Vec<_>, _>>() {
        again(&parts);
    }
}

fn nest(part: &Part<'_>, depth: usize) {
    assert!(depth <= MAX_NESTING);
    let _ = (part.headers().count(), part.content_id());
    if let Ok(parts) = part.multipart() {
        for part in parts.flatten() {
            nest(&part, depth + 1);
        }
    }
}

/// Between boundaries that no part has.
fn again(parts: &[Part<'_>]) {
    const BOUNDARY: &str = "9c1f4e2a-between-parts-7b30";
    if parts
        .iter()
        .any(|part| memmem(part.body, BOUNDARY.as_bytes()))
    {
        return;
    }
    let mut body = Vec::new();
    for part in parts {
        body.extend(format!("--{BOUNDARY}\r\nX: y\r\n\r\n").bytes());
        body.extend_from_slice(part.body);
        body.extend_from_slice(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    let written = format!("multipart/mixed;boundary=\"{BOUNDARY}\"");
    let content_type = ContentType::parse(&written).expect("a content type");
    let body = Bytes::from(body);
    let read: Vec<_> = Multipart::new(&content_type, &body)
        .expect("written, so it can be read")
        .collect::<Result<_, _>>()
        .expect("written, so it can be read");
    assert_eq!(read.len(), parts.len());
    for (read, part) in read.iter().zip(parts) {
        assert_eq!(read.body, part.body);
    }
}

fn memmem(octets: &[u8], needle: &[u8]) -> bool {
    octets.windows(needle.len()).any(|window| window == needle)
}
