//! Deregistrations that overtook a registration: the user left, and may be taken for registered all the same.
//!
//! - SIP ([`sip`]): two REGISTERs of one Call-ID and From tag (RFC 3261 §10.2: all of one registrar have them) about a
//!   common contact; the CSeq says which was sent first. The deregistration, all of whose contacts expire at once,
//!   overtook the registration where at some hop it passed before it, or where it was granted before it while both
//!   were under way. The second is told where the registration is granted, too.
//! - Cx ([`cx`]): an SAR that registers (REGISTRATION, RE_REGISTRATION, UNREGISTERED_USER) and, while it waits for its
//!   answer, a later request that deregisters the same user (an SAR of a deregistering type, or an RTR). The later one
//!   overtook it where its answer, a success, came first and the registration succeeded after it.

pub(super) mod cx;
pub(super) mod sip;
