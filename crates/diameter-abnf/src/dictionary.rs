//! What a dictionary file says, once it is read and its names are resolved.

/// A Diameter application: its AVPs, enumerations, groups and commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dictionary {
    /// Name of the application, also of the Rust module (`Cx`).
    pub name: String,
    /// Application-Id (RFC 6733 §2.4).
    pub application: u32,
    /// The vendor that defined the application, where it is vendor-specific.
    pub application_vendor: Option<u32>,
    /// The document that the file writes down (`TS 29.229`).
    pub source: String,
    /// Dictionaries whose AVPs and groups are used here.
    pub imports: Vec<String>,
    /// Vendors named here.
    pub vendors: Vec<Vendor>,
    /// AVPs defined here.
    pub avps: Vec<Avp>,
    /// Named values of AVPs.
    pub enumerations: Vec<Enumeration>,
    /// Commands, requests and answers apart.
    pub commands: Vec<Command>,
    /// Grouped AVPs.
    pub groups: Vec<Group>,
}

/// A vendor and its SMI enterprise number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vendor {
    /// Name used in the AVP table.
    pub name: String,
    /// The enterprise number.
    pub id: u32,
}

/// One line of the AVP table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Avp {
    /// Name by the standard.
    pub name: String,
    /// AVP Code.
    pub code: u32,
    /// Data format (RFC 6733 §4.2, §4.3).
    pub data: DataType,
    /// Rule for the M bit.
    pub m_bit: MBit,
    /// Vendor-Id; none for AVPs of the IETF.
    pub vendor: Option<u32>,
    /// Whether texts made of messages show its value.
    pub disclosure: Disclosure,
}

/// Whether a value is shown in pictures and logs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Disclosure {
    /// It is.
    #[default]
    Open,
    /// It is a key or a digest, and is not.
    Secret,
}

/// AVP data formats (RFC 6733 §4.2, §4.3.1, §4.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataType {
    /// Any octets.
    OctetString,
    /// 32 bits, signed.
    Integer32,
    /// 64 bits, signed.
    Integer64,
    /// 32 bits, unsigned.
    Unsigned32,
    /// 64 bits, unsigned.
    Unsigned64,
    /// IEEE single precision.
    Float32,
    /// IEEE double precision.
    Float64,
    /// AVPs in an AVP.
    Grouped,
    /// Family and address.
    Address,
    /// Seconds since 1900.
    Time,
    /// Text.
    Utf8String,
    /// A host or realm name.
    DiameterIdentity,
    /// `aaa://…`.
    DiameterUri,
    /// A named number.
    Enumerated,
}

impl DataType {
    /// Every format with its name by RFC 6733.
    pub const ALL: [(&'static str, DataType); 14] = [
        ("OctetString", DataType::OctetString),
        ("Integer32", DataType::Integer32),
        ("Integer64", DataType::Integer64),
        ("Unsigned32", DataType::Unsigned32),
        ("Unsigned64", DataType::Unsigned64),
        ("Float32", DataType::Float32),
        ("Float64", DataType::Float64),
        ("Grouped", DataType::Grouped),
        ("Address", DataType::Address),
        ("Time", DataType::Time),
        ("UTF8String", DataType::Utf8String),
        ("DiameterIdentity", DataType::DiameterIdentity),
        ("DiameterURI", DataType::DiameterUri),
        ("Enumerated", DataType::Enumerated),
    ];
}

/// Rule for the M bit of an AVP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MBit {
    /// Always set; an AVP that comes without it is refused.
    Must,
    /// Set where the sender needs it.
    May,
    /// Sent clear, read either way.
    Clear,
}

impl MBit {
    /// Every rule with the word that stands for it in the AVP table.
    pub const ALL: [(&'static str, MBit); 3] = [
        ("must", MBit::Must),
        ("may", MBit::May),
        ("clear", MBit::Clear),
    ];
}

/// Named values of one AVP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enumeration {
    /// The AVP; it may be one of an imported dictionary, whose values are then added to.
    pub avp: String,
    /// Whether a value stands alone or is a bit of a word.
    pub kind: EnumerationKind,
    /// Names and numbers (bit numbers for [`EnumerationKind::Bits`]).
    pub values: Vec<(String, u32)>,
}

/// How the values of an enumeration are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnumerationKind {
    /// One value at a time.
    Values,
    /// Bits of a word, counted from the least significant.
    Bits,
}

/// A command (RFC 6733 §3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Long name, `Server-Assignment-Request`.
    pub name: String,
    /// Command Code; none for the answer-message of RFC 6733 §7.2, which answers any command.
    pub code: Option<u32>,
    /// R bit.
    pub request: bool,
    /// P bit.
    pub proxiable: bool,
    /// E bit.
    pub error: bool,
    /// What it holds.
    pub members: Vec<Member>,
}

/// A Grouped AVP (RFC 6733 §4.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Name of the AVP.
    pub name: String,
    /// What it holds.
    pub members: Vec<Member>,
}

/// One AVP in a command or group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Name of the AVP, or `AVP` for any other.
    pub avp: String,
    /// Fewest occurrences.
    pub min: u32,
    /// Most occurrences; none for no limit.
    pub max: Option<u32>,
    /// `<…>`: required, and at this place.
    pub fixed: bool,
}

impl Member {
    /// Whether this is `AVP`, which stands for any AVP.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.avp == "AVP"
    }

    /// The member as the standards write it.
    #[must_use]
    pub fn notation(&self) -> String {
        let (open, close) = match (self.fixed, self.min) {
            (true, _) => ("< ", " >"),
            (false, 0) => ("[ ", " ]"),
            (false, _) => ("{ ", " }"),
        };
        let quantity = match (self.fixed, self.min, self.max) {
            (_, 1, Some(1)) | (false, 0, Some(1)) => String::new(),
            (_, 0, None) => "* ".to_owned(),
            (_, min, None) => format!("{min}* "),
            (_, min, Some(max)) => format!("{min}*{max} "),
        };
        format!("{quantity}{open}{}{close}", self.avp)
    }
}
