//! P-CSCF: the phone's first hop.
