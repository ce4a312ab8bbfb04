//! What the lab asks the admin ports of its elements.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use driver::io::Io;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

/// Octets of an answer that are read.
pub(crate) const MAX_ANSWER: u64 = 1024 * 1024;

/// How long one question may take.
pub(crate) const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// An answer over HTTP.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    /// The body, `null` where it is no JSON.
    pub(crate) body: Value,
}

/// GETs `path` from the admin port at `address`.
///
/// # Errors
/// Nobody listens there yet, or what answers is not HTTP.
pub(crate) async fn get<I: Io>(io: &I, address: SocketAddr, path: &str) -> io::Result<Answer> {
    let exchange = async {
        let mut stream = io.connect(None, address).await?;
        let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(MAX_ANSWER).read_to_end(&mut answer).await?;
        read(&answer).ok_or_else(|| io::Error::other("not an HTTP answer"))
    };
    timeout(ANSWER_WITHIN, exchange).await?
}

fn read(answer: &[u8]) -> Option<Answer> {
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let status_line = answer.strip_prefix(b"HTTP/1.")?;
    let status = std::str::from_utf8(status_line.get(2..5)?).ok()?;
    Some(Answer {
        status: status.parse().ok()?,
        body: serde_json::from_slice(&answer[head + 4..]).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_and_nothing_else() {
        let answer =
            read(b"HTTP/1.0 503 Service Unavailable\r\na: b\r\n\r\n{\"health\":\"starting\"}");
        let answer = answer.expect("HTTP");
        assert_eq!(answer.status, 503);
        assert_eq!(answer.body["health"], "starting");
        for other in [
            &b""[..],
            b"SSH-2.0-x\r\n\r\n",
            b"HTTP/1.1\r\n\r\n",
            b"HTTP/1.1 200 OK\r\n",
        ] {
            assert_eq!(read(other), None);
        }
    }
}
