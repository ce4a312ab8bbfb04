//! Documents that the reader trips over, of about any length; reading and writing them.

use std::hint::black_box;

use instruction_count::Kind;
use user_profile::ImsSubscription;

/// Every kind of document, by its name.
pub(crate) const KINDS: [Kind; 20] = [
    ("identities", |n| {
        identities(
            "<PublicIdentity><Identity>sip:a@b</Identity></PublicIdentity>",
            n,
        )
    }),
    ("ranges", |n| {
        let range = "<PublicIdentity><Identity>sip:!.*!@b</Identity><Extension>\
            <IdentityType>3</IdentityType><Extension><Extension>\
            <WildcardedIMPU>sip:!.*!@b</WildcardedIMPU>\
            </Extension></Extension></Extension></PublicIdentity>";
        identities(range, n)
    }),
    ("profiles", |n| {
        let profile = format!("<ServiceProfile>{ONE}</ServiceProfile>");
        subscription("", &repeated(&profile, n))
    }),
    ("criteria", |n| profile(&repeated(&criterion(""), n))),
    ("conditions", |n| {
        let spt = "<SPT><Group>1</Group><Method>INVITE</Method></SPT>";
        profile(&trigger(&repeated(spt, n)))
    }),
    ("groups", |n| {
        let groups = repeated("<Group>1</Group>", n);
        profile(&trigger(&format!("<SPT>{groups}<Method>A</Method></SPT>")))
    }),
    ("registration-types", |n| {
        let types = repeated("<RegistrationType>1</RegistrationType>", n);
        let spt =
            format!("<SPT><Group>1</Group><Method>A</Method><Extension>{types}</Extension></SPT>");
        profile(&trigger(&spt))
    }),
    ("extensions", |n| profile(&repeated("<Extension/>", n))),
    ("unknown", |n| profile(&repeated("<what/>", n))),
    ("unknown-with-text", |n| {
        profile(&repeated("<what>x</what>", n))
    }),
    ("nested", |n| {
        let nest = format!("{}{}", "<n>".repeat(20), "</n>".repeat(20));
        profile(&repeated(&nest, n))
    }),
    ("long-text", |n| named(&"x".repeat(n))),
    ("references", |n| named(&repeated("&amp;&#x10ffff;", n))),
    ("sections", |n| named(&repeated("<![CDATA[]]>", n))),
    ("comments", |n| named(&repeated("<!---->x", n))),
    ("instructions", |n| profile(&repeated("<?a b?>", n))),
    ("attributes", |n| {
        let attributes: String = (0..n / 10).map(|at| format!(" a{at:05}=''")).collect();
        subscription(&attributes, &format!("<what{attributes}/>"))
    }),
    ("namespaces", |n| {
        let attribute = format!(" xmlns='{}'", "x".repeat(n / 2));
        let elements = repeated("<ServiceProfile xmlns='y'/>", n / 2);
        subscription(&attribute, &elements)
    }),
    ("spaces", |n| profile(&" \n".repeat(n / 2))),
    ("broken-at-the-end", |n| {
        let mut document = identities("<PublicIdentity><Identity>a</Identity></PublicIdentity>", n);
        document.truncate(document.len() - 10);
        document
    }),
];

const ONE: &str = "<PublicIdentity><Identity>sip:a@b</Identity></PublicIdentity>";

fn repeated(one: &str, length: usize) -> String {
    one.repeat((length / one.len()).max(1))
}

fn subscription(attributes: &str, inside: &str) -> Vec<u8> {
    let end = "</IMSSubscription>";
    format!("<IMSSubscription{attributes}><PrivateID>a@b</PrivateID>{inside}{end}").into_bytes()
}

fn profile(inside: &str) -> Vec<u8> {
    subscription(
        "",
        &format!("<ServiceProfile>{ONE}{inside}</ServiceProfile>"),
    )
}

fn identities(one: &str, length: usize) -> Vec<u8> {
    profile(&repeated(one, length))
}

/// A name with this markup in it.
fn named(name: &str) -> Vec<u8> {
    let name =
        format!("<Extension><Extension><DisplayName>{name}</DisplayName></Extension></Extension>");
    profile(&format!(
        "<PublicIdentity><Identity>sip:b@b</Identity>{name}</PublicIdentity>"
    ))
}

fn criterion(inside: &str) -> String {
    format!(
        "<InitialFilterCriteria><Priority>1</Priority>{inside}<ApplicationServer>\
         <ServerName>sip:c</ServerName></ApplicationServer></InitialFilterCriteria>"
    )
}

fn trigger(spts: &str) -> String {
    let cnf = "<ConditionTypeCNF>1</ConditionTypeCNF>";
    criterion(&format!("<TriggerPoint>{cnf}{spts}</TriggerPoint>"))
}

/// Reads it and writes it. (What a range may cost when it is compiled has limits of its own.)
#[inline(never)]
pub(crate) fn read_everything(document: &[u8]) {
    let Ok(read) = ImsSubscription::read(document) else {
        return;
    };
    black_box(read.write());
}
