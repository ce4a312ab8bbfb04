//! The request-digest, RFC 7616 §3.4.1–§3.4.3.

use super::algorithm::Hex;
use super::{Algorithm, Ha1, Qop};

/// Everything that the response is a hash of. Texts are without quotes and escapes.
pub(super) struct Inputs<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) ha1: &'a Ha1,
    pub(super) nonce: &'a str,
    /// Empty where the answer has none.
    pub(super) cnonce: &'a str,
    /// Quality of protection with the nonce count, 8 hexadecimal digits as sent.
    pub(super) qop: Option<(Qop, &'a str)>,
    pub(super) method: &'a str,
    pub(super) uri: &'a str,
    pub(super) body: &'a [u8],
}

impl Inputs<'_> {
    pub(super) fn response(&self) -> Hex {
        let hash = self.algorithm.hash();
        let (nonce, cnonce) = (self.nonce.as_bytes(), self.cnonce.as_bytes());
        let (method, uri) = (self.method.as_bytes(), self.uri.as_bytes());

        let (session, own);
        let ha1 = if self.algorithm.is_session() {
            // §3.4.2: H(HA1 ":" nonce ":" cnonce).
            session = hash.joined(&[self.ha1.hex().as_str().as_bytes(), nonce, cnonce]);
            session.as_str()
        } else {
            own = self.ha1.hex();
            own.as_str()
        };
        // §3.4.3: A2 has the hash of the body in auth-int.
        let ha2 = match self.qop {
            Some((Qop::AuthInt, _)) => {
                let body = hash.joined(&[self.body]);
                hash.joined(&[method, uri, body.as_str().as_bytes()])
            }
            Some((Qop::Auth, _)) | None => hash.joined(&[method, uri]),
        };
        let (ha1, ha2) = (ha1.as_bytes(), ha2.as_str().as_bytes());
        match self.qop {
            Some((qop, nc)) => {
                let qop = qop.as_str().as_bytes();
                hash.joined(&[ha1, nonce, nc.as_bytes(), cnonce, qop, ha2])
            }
            // RFC 2617 §3.2.2.1: as RFC 2069 had it, for peers that know no qop.
            None => hash.joined(&[ha1, nonce, ha2]),
        }
    }
}
