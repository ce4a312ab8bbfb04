//! HSS: subscribers, their credentials and their state.
