//! The token that calls on the admin port are authorised by (RFC 6750).

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use subtle::ConstantTimeEq;

use crate::config::ConfigFault;

/// The fewest characters of a token: what is shorter can be tried out.
pub const SHORTEST_TOKEN: usize = 16;
/// The most characters of a token.
pub const LONGEST_TOKEN: usize = 1024;

/// The token in force; clones see the same one.
#[derive(Clone, Default)]
pub(crate) struct Token(Arc<Mutex<Option<Box<[u8]>>>>);

impl std::fmt::Debug for Token {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Token(secret)")
    }
}

/// How a request is authorised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Authorised {
    Yes,
    /// It has no token or another one.
    No,
    /// There is no token here that it could have.
    NoTokenHere,
}

impl Token {
    /// Takes what `file` holds from now on; none takes none.
    pub(crate) fn set(&self, token: Option<Box<[u8]>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = token;
    }

    /// Whether `header`, the value of Authorization, shows the token; it takes as long for every wrong one of its
    /// length.
    pub(crate) fn authorises(&self, header: Option<&[u8]>) -> Authorised {
        let token = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(token) = token.as_deref() else {
            return Authorised::NoTokenHere;
        };
        let shown = header
            .and_then(|header| header.split_at_checked(7))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case(b"Bearer "))
            .map(|(_, shown)| shown.trim_ascii());
        match shown {
            Some(shown) if bool::from(shown.ct_eq(token)) => Authorised::Yes,
            _ => Authorised::No,
        }
    }
}

/// The token in `file`: one line of visible ASCII.
///
/// # Errors
/// A fault of `admin.token_file`.
pub(crate) fn read(file: &Path) -> Result<Box<[u8]>, ConfigFault> {
    let fault = |problem: String, way_out: &str| {
        ConfigFault::new(
            "admin.token_file",
            format!("{:?}", file.display().to_string()),
            problem,
            way_out,
        )
    };
    const MAKE: &str = "write one line of 16 to 1024 letters and digits there, for example by `openssl rand -hex 32`";
    let too_long = || fault(format!("holds more than {LONGEST_TOKEN} octets"), MAKE);
    let length = std::fs::metadata(file)
        .map_err(|error| fault(format!("cannot be read: {error}"), MAKE))?
        .len();
    // Room for a line end.
    if length > LONGEST_TOKEN as u64 + 2 {
        return Err(too_long());
    }
    let text = std::fs::read(file).map_err(|error| {
        fault(
            format!("cannot be read: {error}"),
            "let this user read it, and no other",
        )
    })?;
    let token = text.trim_ascii();
    if token.len() > LONGEST_TOKEN {
        return Err(too_long());
    }
    if token.len() < SHORTEST_TOKEN {
        return Err(fault(
            format!("holds a token of {} characters", token.len()),
            MAKE,
        ));
    }
    if !token.iter().all(u8::is_ascii_graphic) {
        return Err(fault(
            "holds more than one line of visible ASCII".to_owned(),
            MAKE,
        ));
    }
    Ok(token.into())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn only_the_whole_token_authorises() {
        let token = Token::default();
        let shown = |header: &str| token.authorises(Some(header.as_bytes()));
        assert_eq!(
            shown("Bearer 0123456789abcdef"),
            Authorised::NoTokenHere,
            "none is set"
        );
        token.set(Some(b"0123456789abcdef"[..].into()));
        assert_eq!(shown("Bearer 0123456789abcdef"), Authorised::Yes);
        assert_eq!(shown("bearer  0123456789abcdef "), Authorised::Yes);
        for wrong in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer 0123456789abcdeF",
            "Bearer 0123456789abcde",
            "Bearer 0123456789abcdef0",
            "Basic 0123456789abcdef",
        ] {
            assert_eq!(shown(wrong), Authorised::No, "{wrong}");
        }
        assert_eq!(token.authorises(None), Authorised::No);
    }

    #[test]
    fn a_file_holds_one_line_of_a_length() {
        let read_back = |text: &[u8]| {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(text).unwrap();
            read(file.path()).map_err(|fault| fault.problem)
        };
        assert_eq!(
            read_back(b"0123456789abcdef\n").as_deref(),
            Ok(&b"0123456789abcdef"[..])
        );
        let longest = [b'x'; LONGEST_TOKEN];
        assert_eq!(read_back(&longest).as_deref(), Ok(&longest[..]));
        for (bad, said) in [
            (&b"short"[..], "5 characters"),
            (b"", "0 characters"),
            (b"0123456789abcdef\n0123456789abcdef\n", "one line"),
            (b"0123456789\xc3\xa4abcdef", "visible ASCII"),
            (&[b'x'; LONGEST_TOKEN + 1], "more than 1024"),
            (&[b'x'; 9999], "more than 1024"),
        ] {
            let problem = read_back(bad).unwrap_err();
            assert!(problem.contains(said), "{problem}");
        }
        let missing = read(Path::new("/no-such-folder/token")).unwrap_err();
        assert!(missing.way_out.contains("openssl rand"), "{missing}");
    }
}
