//! Printing: runs of untouched fields are one copy; a message without edits goes out as it came.

use bytes::{BufMut, Bytes, BytesMut};

use crate::framing::{Origin, Span};
use crate::message::Message;

impl Message {
    /// Writes the message at the end of `out`.
    pub fn print(&self, out: &mut BytesMut) {
        if !self.is_edited {
            out.extend_from_slice(&self.whole);
            return;
        }
        out.reserve(self.whole.len() + self.edited.len() + self.body().len());
        let mut run = Run {
            origin: self.start.origin,
            span: self.start.line,
        };
        for field in &self.fields {
            if field.origin == run.origin && field.line.from == run.span.to {
                run.span.to = field.line.to;
            } else {
                self.copy(run, out);
                run = Run {
                    origin: field.origin,
                    span: field.line,
                };
            }
        }
        self.copy(run, out);
        out.put_slice(b"\r\n");
        out.put_slice(self.body());
    }

    fn copy(&self, run: Run, out: &mut BytesMut) {
        let text = run.span.of(self.text(run.origin));
        out.put_slice(text.as_bytes());
        // The last line of a message that breaks off has no end of its own.
        if !text.ends_with('\n') {
            out.put_slice(b"\r\n");
        }
    }

    /// The message as octets; without edits, the received ones themselves.
    pub fn to_bytes(&self) -> Bytes {
        if !self.is_edited {
            return self.whole.clone();
        }
        let mut out = BytesMut::new();
        self.print(&mut out);
        out.freeze()
    }
}

/// Lines next to each other in one text.
#[derive(Clone, Copy)]
struct Run {
    origin: Origin,
    span: Span,
}
