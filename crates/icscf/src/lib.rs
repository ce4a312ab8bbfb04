//! I-CSCF: the home network's entrance.
