//! Captures that others wrote, captures that grow, and captures that lie.

mod containers;
mod faults;
mod file;
mod fragments;
mod growing;
mod links;
mod wireshark;
