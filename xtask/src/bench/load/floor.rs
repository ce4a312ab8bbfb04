//! The least that answering costs: a bare program that copies the headers of each REGISTER into a 401, or into a 200
//! where credentials stand. It checks nothing and keeps nothing; what it burns is the sockets' share of any registrar.

use std::net::SocketAddr;

use crate::step::Failed;

use super::failed;

const CHALLENGE: &[u8] =
    b"WWW-Authenticate: Digest realm=\"home.example\",nonce=\"00112233445566778899aabbccddeeff\",\
                           algorithm=MD5,qop=\"auth\"\r\n";
/// The headers that a response takes over from its request (RFC 3261 §8.2.6.2), To with a tag of its own.
const COPIED: [&[u8]; 5] = [b"Via:", b"From:", b"To:", b"Call-ID:", b"CSeq:"];

/// Answers at `address` until it is killed.
#[expect(
    clippy::disallowed_types,
    reason = "a bare socket is what this is about"
)]
pub(crate) fn run(address: SocketAddr) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .map_err(|error| failed("a runtime", &error))?;
    let answered: std::io::Result<()> = runtime.block_on(async {
        let socket = tokio::net::UdpSocket::bind(address).await?;
        eprintln!("floor is ready");
        let mut request = vec![0; 65_535];
        let mut response = Vec::new();
        loop {
            let (length, from) = socket.recv_from(&mut request).await?;
            answer(&request[..length], &mut response);
            socket.send_to(&response, from).await?;
        }
    });
    answered.map_err(|error| failed("the floor", &error))
}

/// Writes the response to `request`.
fn answer(request: &[u8], response: &mut Vec<u8>) {
    response.clear();
    let answered = memchr::memmem::find(request, b"\r\nAuthorization:").is_some();
    response.extend_from_slice(match answered {
        true => b"SIP/2.0 200 OK\r\n",
        false => b"SIP/2.0 401 Unauthorized\r\n",
    });
    let mut from = 0;
    for end in memchr::memchr_iter(b'\n', request) {
        let line = &request[from..=end];
        from = end + 1;
        if !COPIED.iter().any(|name| line.starts_with(name)) {
            continue;
        }
        response.extend_from_slice(line.trim_ascii_end());
        if line.starts_with(b"To:") {
            response.extend_from_slice(b";tag=floor");
        }
        response.extend_from_slice(b"\r\n");
    }
    if !answered {
        response.extend_from_slice(CHALLENGE);
    }
    response.extend_from_slice(b"Content-Length: 0\r\n\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_challenged_and_its_answer_accepted() {
        let mut response = Vec::new();
        let head = "REGISTER sip:home.example SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=b\r\nFrom: <sip:a@h>;tag=1\r\n\
                    To: <sip:a@h>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\nMax-Forwards: 70\r\n";
        answer(format!("{head}\r\n").as_bytes(), &mut response);
        let text = String::from_utf8_lossy(&response).into_owned();
        assert!(
            text.starts_with(
                "SIP/2.0 401 Unauthorized\r\nVia: SIP/2.0/UDP h;branch=b\r\nFrom: <sip:a@h>;tag=1\r\n\
                 To: <sip:a@h>;tag=floor\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\nWWW-Authenticate: Digest "
            ),
            "{text}"
        );
        answer(
            format!("{head}Authorization: Digest x\r\n\r\n").as_bytes(),
            &mut response,
        );
        assert!(response.starts_with(b"SIP/2.0 200 OK\r\n"));
    }
}
