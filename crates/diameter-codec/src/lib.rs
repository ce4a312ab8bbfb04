//! Diameter messages, typed from the dictionaries, with the rules behind Failed-AVP.
