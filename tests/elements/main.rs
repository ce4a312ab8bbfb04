//! Each element of the core by itself in a simulated network: what it does with what its neighbours send, clause by
//! clause, in virtual time.

mod bench;
mod hand_hss;
mod icscf_register;
mod icscf_selection;
mod icscf_trust;
mod pcscf_flows;
mod pcscf_keep_alive;
mod pcscf_names;
mod pcscf_overload;
mod pcscf_register;
mod pcscf_restart;
mod pcscf_trust;
mod query;
mod scscf_authentication;
mod scscf_confirm;
mod scscf_network;
mod scscf_outbound;
mod scscf_register;
mod scscf_split;
mod spellings;
mod ue_aka;
mod ue_register;
mod wildcards;
