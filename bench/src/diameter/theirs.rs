//! The crate `diameter`: every AVP decoded by its type into a tree that owns it, without the rules of commands.

use std::io::Cursor;
use std::sync::Arc;

use diameter::DiameterMessage;
use diameter::avp::AvpType;
use diameter::dictionary::{AvpDefinition, Dictionary};
use diameter_codec::{Avps, DataType, MBitRule, Message};

/// A message as it reads it.
pub(super) struct Theirs {
    octets: Vec<u8>,
    dictionary: Arc<Dictionary>,
}

impl Theirs {
    /// The AVPs of `message`. Its headers can have neither Cx nor the commands of Cx: Credit-Control of Gx stands
    /// for them.
    pub(super) fn new(message: &Message) -> Self {
        let mut octets = message.octets().to_vec();
        octets[5..8].copy_from_slice(&[0, 1, 16]);
        octets[8..12].copy_from_slice(&16_777_238_u32.to_be_bytes());
        let mut dictionary = Dictionary::new(&[]);
        define(message.avps(), &mut dictionary);
        Self {
            octets,
            dictionary: Arc::new(dictionary),
        }
    }

    pub(super) fn decode(&self) -> Result<DiameterMessage, String> {
        let mut reader = Cursor::new(self.octets.as_slice());
        DiameterMessage::decode_from(&mut reader, Arc::clone(&self.dictionary))
            .map_err(|error| error.to_string())
    }

    /// Whether what was decoded is written back the same.
    pub(super) fn works(&self) -> Result<bool, String> {
        let mut out = Vec::new();
        encode(&self.decode()?, &mut out);
        Ok(out == self.octets)
    }
}

pub(super) fn encode(message: &DiameterMessage, out: &mut Vec<u8>) {
    out.clear();
    // Writing to memory does not fail.
    let _ = message.encode_to(out);
}

/// Tells its dictionary what ours knows of the AVPs that are there.
fn define(avps: Avps<'_>, dictionary: &mut Dictionary) {
    for avp in avps {
        let Some(definition) = diameter_codec::definition(avp.code) else {
            continue;
        };
        dictionary.add_avp(AvpDefinition {
            code: avp.code.number,
            vendor_id: Some(avp.code.vendor.0).filter(|vendor| *vendor != 0),
            name: definition.name.to_owned(),
            avp_type: kind(definition.data),
            m_flag: definition.m_bit == MBitRule::Must,
        });
        if definition.data == DataType::Grouped {
            define(avp.group(), dictionary);
        }
    }
}

fn kind(data: DataType) -> AvpType {
    match data {
        DataType::OctetString => AvpType::OctetString,
        DataType::Integer32 => AvpType::Integer32,
        DataType::Integer64 => AvpType::Integer64,
        DataType::Unsigned32 => AvpType::Unsigned32,
        DataType::Unsigned64 => AvpType::Unsigned64,
        DataType::Float32 => AvpType::Float32,
        DataType::Float64 => AvpType::Float64,
        DataType::Grouped => AvpType::Grouped,
        DataType::Address => AvpType::Address,
        DataType::Time => AvpType::Time,
        DataType::Utf8String => AvpType::UTF8String,
        DataType::DiameterIdentity => AvpType::Identity,
        DataType::DiameterUri => AvpType::DiameterURI,
        DataType::Enumerated => AvpType::Enumerated,
    }
}
