//! What the authentication centre and the USIM share.

use std::fmt;

use milenage::Milenage;

/// K and OPc of a subscriber (TS 35.206 §3). Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    /// The subscriber's key.
    pub k: [u8; 16],
    /// What the operator's OP makes of it.
    pub opc: [u8; 16],
}

impl Keys {
    /// K with the OPc that follows from `op` (TS 35.206 §4.1).
    pub fn from_op(k: [u8; 16], op: [u8; 16]) -> Self {
        let opc = *Milenage::new_with_op(k, op).opc();
        Self { k, opc }
    }

    pub(crate) fn functions(&self) -> Milenage {
        Milenage::new_with_opc(self.k, self.opc)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Keys(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_printed() {
        let keys = Keys {
            k: [0xAB; 16],
            opc: [171; 16],
        };
        assert_eq!(format!("{keys:?}"), "Keys(…)");
    }
}
