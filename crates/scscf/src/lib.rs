//! S-CSCF: registrar and session control.
