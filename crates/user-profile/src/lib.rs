//! The IMS user profile carried in User-Data (TS 29.228 Annex E).
