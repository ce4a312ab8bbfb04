//! SIP messages over one buffer: index, typed headers, edits.
