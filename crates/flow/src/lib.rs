//! Ladders of SIP and Diameter: what went from whom to whom.
