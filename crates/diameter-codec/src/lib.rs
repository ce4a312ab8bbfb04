#![doc = include_str!("../README.md")]

mod address;
mod answer;
mod avp;
mod codes;
mod command;
mod decode;
mod dictionary;
mod encode;
mod error;
mod generated;
mod header;
mod many;
mod message;
mod print;
mod time;
mod uri;
mod value;

pub use address::Address;
pub use answer::error_answer;
pub use avp::{Avp, AvpFlags, Avps, MBit};
pub use codes::{ApplicationId, AvpCode, CommandCode, VendorId};
pub use command::Command;
pub use dictionary::{
    Application, AvpDefinition, CommandName, DataType, Disclosure, MBitRule, command_name,
    definition, value_name,
};
pub use encode::{Members, Sink};
pub use error::{DecodeError, MAX_FAILED_DATA};
pub use generated::{base, cx};
pub use header::{Flags, FrameError, HEADER_LEN, Header, MAX_MESSAGE, frame_length};
pub use many::{Many, ManyIter};
pub use message::Message;
pub use print::MAX_PRINTED_DEPTH;
pub use time::Time;
pub use uri::{
    DIAMETER_PORT, DIAMETER_TLS_PORT, DiameterUri, UriError, UriProtocol, UriScheme, UriTransport,
};
pub use value::AvpValue;

pub use base::{
    ErrorAnswer, ExperimentalResult, ExperimentalResultCode, ResultCode,
    VendorSpecificApplicationId,
};

/// What the generated modules stand on.
#[allow(
    unused_imports,
    reason = "not every dictionary has every kind of member"
)]
mod generated_code {
    pub(crate) use std::fmt;

    pub(crate) use bytes::BytesMut;

    pub(crate) use crate::decode::{
        Walk, check_error_answer, check_header, not_allowed, read_at_most, read_extra, read_many,
        read_one, read_optional,
    };
    pub(crate) use crate::encode::write_message;
    pub(crate) use crate::print::Concealed;
    pub(crate) use crate::{
        Address, Application, ApplicationId, Avp, AvpCode, AvpDefinition, AvpFlags, AvpValue,
        CommandCode, CommandName, DecodeError, Flags, Header, MBit, Many, Members, Message, Sink,
        Time, VendorId,
    };
}
