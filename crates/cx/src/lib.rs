//! The Cx client of I-CSCF and S-CSCF.
