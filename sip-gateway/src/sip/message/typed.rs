//! Typed readings of headers. Nothing is stored: the bytes stay what they were.

use super::header_name::HeaderName;
use super::headers::Headers;
use super::lex::{Digits, digits, elements, elements_by, is_space, is_token, number, trim};
use super::method::Method;
use super::name_addr::NameAddr;
use super::params::Params;
use super::values::{CSeq, ContactList, HeaderFault, RAck, Refresher, SessionExpires};
use super::via::Via;
use crate::limits::CSEQ_END;

const fn fault(header: HeaderName, what: &'static str) -> HeaderFault {
    HeaderFault { header, what }
}

const MISSING: &str = "is missing";
const NO_NUMBER: &str = "is no number";

/// Every reading fails with the header's name and what is wrong; "missing" fails only where a header must be there.
impl Headers {
    /// The topmost Via.
    ///
    /// # Errors
    /// If it is missing or malformed.
    pub fn top_via(&self) -> Result<Via, HeaderFault> {
        let value = self.get(&HeaderName::Via).ok_or(fault(HeaderName::Via, MISSING))?;
        let element = elements(value).next().unwrap_or_default();
        Via::parse(element).map_err(|what| fault(HeaderName::Via, what))
    }

    /// From.
    ///
    /// # Errors
    /// If it is missing or malformed.
    pub fn from(&self) -> Result<NameAddr, HeaderFault> {
        self.address(HeaderName::From)?.ok_or(fault(HeaderName::From, MISSING))
    }

    /// To.
    ///
    /// # Errors
    /// If it is missing or malformed.
    pub fn to(&self) -> Result<NameAddr, HeaderFault> {
        self.address(HeaderName::To)?.ok_or(fault(HeaderName::To, MISSING))
    }

    /// Call-ID.
    ///
    /// # Errors
    /// If it is missing, empty, or has white space within.
    pub fn call_id(&self) -> Result<&[u8], HeaderFault> {
        let value = self.get(&HeaderName::CallId).ok_or(fault(HeaderName::CallId, MISSING))?;
        if value.is_empty() || value.iter().any(|&byte| is_space(byte)) {
            return Err(fault(HeaderName::CallId, "is empty or has a space"));
        }
        Ok(value)
    }

    /// CSeq.
    ///
    /// # Errors
    /// If it is missing or malformed, or its number is not below 2^31 (RFC 3261 section 8.1.1.5).
    pub fn cseq(&self) -> Result<CSeq, HeaderFault> {
        let value = self.get(&HeaderName::CSeq).ok_or(fault(HeaderName::CSeq, MISSING))?;
        read_cseq(value).map_err(|what| fault(HeaderName::CSeq, what))
    }

    /// The first Contact, if there is any.
    ///
    /// # Errors
    /// If it is malformed, or `*`.
    pub fn contact(&self) -> Result<Option<NameAddr>, HeaderFault> {
        match self.contacts()? {
            ContactList::Any => Err(fault(HeaderName::Contact, "is * where an address must be")),
            ContactList::List(list) => Ok(list.into_iter().next()),
        }
    }

    /// All Contacts.
    ///
    /// # Errors
    /// If one is malformed, or `*` is not alone.
    pub fn contacts(&self) -> Result<ContactList, HeaderFault> {
        let mut values = self.get_all(&HeaderName::Contact);
        if values.next() == Some(b"*") && values.next().is_none() {
            return Ok(ContactList::Any);
        }
        self.addresses(HeaderName::Contact).map(ContactList::List)
    }

    /// The Record-Route set in order.
    ///
    /// # Errors
    /// If one is malformed.
    pub fn record_routes(&self) -> Result<Vec<NameAddr>, HeaderFault> {
        self.addresses(HeaderName::RecordRoute)
    }

    /// The Route set in order.
    ///
    /// # Errors
    /// If one is malformed.
    pub fn routes(&self) -> Result<Vec<NameAddr>, HeaderFault> {
        self.addresses(HeaderName::Route)
    }

    /// The Path set in order (RFC 3327).
    ///
    /// # Errors
    /// If one is malformed.
    pub fn paths(&self) -> Result<Vec<NameAddr>, HeaderFault> {
        self.addresses(HeaderName::Path)
    }

    /// Max-Forwards.
    ///
    /// # Errors
    /// If it is not within 0 to 255.
    pub fn max_forwards(&self) -> Result<Option<u8>, HeaderFault> {
        let Some(value) = self.number_of(HeaderName::MaxForwards)? else { return Ok(None) };
        u8::try_from(value).map(Some).map_err(|_| fault(HeaderName::MaxForwards, "is above 255"))
    }

    /// Expires, in seconds; a number too large counts as the largest (RFC 3261 section 10.2.1.1).
    ///
    /// # Errors
    /// If it is no number.
    pub fn expires(&self) -> Result<Option<u32>, HeaderFault> {
        self.number_of(HeaderName::Expires)
    }

    /// Min-SE, in seconds.
    ///
    /// # Errors
    /// If it is no number.
    pub fn min_se(&self) -> Result<Option<u32>, HeaderFault> {
        self.number_of(HeaderName::MinSe)
    }

    /// RSeq.
    ///
    /// # Errors
    /// If it is no number.
    pub fn rseq(&self) -> Result<Option<u32>, HeaderFault> {
        self.number_of(HeaderName::RSeq)
    }

    /// RAck.
    ///
    /// # Errors
    /// If it is malformed.
    pub fn rack(&self) -> Result<Option<RAck>, HeaderFault> {
        let Some(value) = self.get(&HeaderName::RAck) else { return Ok(None) };
        let bad = |what| fault(HeaderName::RAck, what);
        let at = value.iter().position(|&byte| is_space(byte)).ok_or(bad("has no CSeq"))?;
        let rseq = number(&value[..at]).ok_or(bad(NO_NUMBER))?;
        let cseq = read_cseq(trim(&value[at..])).map_err(bad)?;
        Ok(Some(RAck { rseq, cseq }))
    }

    /// Session-Expires.
    ///
    /// # Errors
    /// If it is malformed.
    pub fn session_expires(&self) -> Result<Option<SessionExpires>, HeaderFault> {
        let Some((seconds, params)) = self.number_and_params(HeaderName::SessionExpires)? else {
            return Ok(None);
        };
        let refresher = match params.get("refresher") {
            Some(value) if value.eq_ignore_ascii_case(b"uac") => Some(Refresher::Uac),
            Some(value) if value.eq_ignore_ascii_case(b"uas") => Some(Refresher::Uas),
            _ => None,
        };
        Ok(Some(SessionExpires { seconds, refresher }))
    }

    /// Option tags of Require.
    pub fn require(&self) -> Vec<&[u8]> {
        self.values_of(HeaderName::Require)
    }

    /// Option tags of Supported.
    pub fn supported(&self) -> Vec<&[u8]> {
        self.values_of(HeaderName::Supported)
    }

    /// Whether Supported or Require names the option tag.
    pub fn supports(&self, option: &str) -> bool {
        let mut options = self.supported().into_iter().chain(self.require());
        options.any(|known| known.eq_ignore_ascii_case(option.as_bytes()))
    }

    /// The methods of Allow.
    pub fn allow(&self) -> Vec<&[u8]> {
        self.values_of(HeaderName::Allow)
    }

    /// Content-Type without its parameters, as received.
    pub fn content_type(&self) -> Option<&[u8]> {
        self.get(&HeaderName::ContentType).and_then(|value| elements_by(value, b";").next())
    }

    /// Whether the body is of that type, case-insensitively (`application/sdp`).
    pub fn content_type_is(&self, media_type: &str) -> bool {
        self.content_type().is_some_and(|known| {
            // White space around the slash is allowed.
            let packed: Vec<u8> = known.iter().copied().filter(|&byte| !is_space(byte)).collect();
            packed.eq_ignore_ascii_case(media_type.as_bytes())
        })
    }

    /// Whether Accept lets answers of that type through; without an Accept, `application/sdp` alone may be sent (RFC 3261
    /// section 20.1).
    pub fn accepts(&self, media_type: &str) -> bool {
        if self.get(&HeaderName::Accept).is_none() {
            return media_type == "application/sdp";
        }
        let family = media_type.split('/').next().unwrap_or_default();
        self.values(&HeaderName::Accept).any(|range| {
            let range: Vec<u8> = elements_by(range, b";").next().unwrap_or_default().to_ascii_lowercase();
            range == media_type.as_bytes() || range == b"*/*" || range == format!("{family}/*").as_bytes()
        })
    }

    /// The asserted identities, of which a carrier sends one or two (`sip`, `tel`; RFC 3325).
    ///
    /// # Errors
    /// If one is malformed.
    pub fn p_asserted_identity(&self) -> Result<Vec<NameAddr>, HeaderFault> {
        self.addresses(HeaderName::PAssertedIdentity)
    }

    /// P-Called-Party-ID (RFC 7315 section 4.2).
    ///
    /// # Errors
    /// If it is malformed.
    pub fn p_called_party_id(&self) -> Result<Option<NameAddr>, HeaderFault> {
        self.address(HeaderName::PCalledPartyId)
    }

    /// What Privacy asks for (RFC 3323); a comma is taken for the semicolon that it should be.
    pub fn privacy(&self) -> Vec<&[u8]> {
        self.get_all(&HeaderName::Privacy)
            .flat_map(|value| elements_by(value, b";,"))
            .filter(|token| !token.is_empty())
            .collect()
    }

    /// One address, if the header is there.
    ///
    /// # Errors
    /// If it is malformed.
    pub fn address(&self, name: HeaderName) -> Result<Option<NameAddr>, HeaderFault> {
        let Some(value) = self.get(&name) else { return Ok(None) };
        NameAddr::parse(value).map(Some).map_err(|what| fault(name, what))
    }

    /// A list of addresses over all headers of that name.
    ///
    /// # Errors
    /// If one is malformed.
    pub fn addresses(&self, name: HeaderName) -> Result<Vec<NameAddr>, HeaderFault> {
        let mut found = Vec::new();
        for value in self.get_all(&name) {
            NameAddr::parse_list(value, &mut found).map_err(|what| fault(name.clone(), what))?;
        }
        Ok(found)
    }

    fn values_of(&self, name: HeaderName) -> Vec<&[u8]> {
        self.iter()
            .filter(|(known, _)| **known == name)
            .flat_map(|(_, value)| elements(value))
            .filter(|element| !element.is_empty())
            .collect()
    }

    fn number_of(&self, name: HeaderName) -> Result<Option<u32>, HeaderFault> {
        Ok(self.number_and_params(name)?.map(|(value, _)| value))
    }

    fn number_and_params(&self, name: HeaderName) -> Result<Option<(u32, Params)>, HeaderFault> {
        let Some(value) = self.get(&name) else { return Ok(None) };
        let end = value.iter().position(|&byte| byte == b';').unwrap_or(value.len());
        let number = match digits(trim(&value[..end])) {
            Digits::Value(value) => value,
            Digits::TooLarge => u32::MAX,
            Digits::Invalid => return Err(fault(name, NO_NUMBER)),
        };
        match Params::parse_header(&value[end..]) {
            Some(params) => Ok(Some((number, params))),
            None => Err(fault(name, "has malformed parameters")),
        }
    }
}

fn read_cseq(value: &[u8]) -> Result<CSeq, &'static str> {
    let at = value.iter().position(|&byte| is_space(byte)).ok_or("has no method")?;
    let number =
        number(&value[..at]).filter(|&number| number < CSEQ_END).ok_or("has no number below 2^31")?;
    let method = trim(&value[at..]);
    let method = is_token(method).then(|| Method::from_bytes(method)).flatten().ok_or("has no method")?;
    Ok(CSeq { number, method })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(&str, &str)]) -> Headers {
        let mut headers = Headers::new();
        for (name, value) in list {
            headers.push(HeaderName::from_bytes(name.as_bytes()).unwrap(), *value);
        }
        headers
    }

    #[test]
    fn a_fault_names_the_header_and_what_is_wrong() {
        let none = Headers::new();
        assert_eq!(none.top_via().unwrap_err().to_string(), "header Via: is missing");
        assert_eq!(none.from().unwrap_err().header, HeaderName::From);
        let bad = headers(&[("CSeq", "2147483648 INVITE"), ("Max-Forwards", "300"), ("Expires", "x")]);
        assert_eq!(bad.cseq().unwrap_err().to_string(), "header CSeq: has no number below 2^31");
        assert_eq!(bad.max_forwards().unwrap_err().to_string(), "header Max-Forwards: is above 255");
        assert!(bad.expires().is_err());
    }

    #[test]
    fn numbers_are_read_with_zeros_and_bounds() {
        let good = headers(&[
            ("CSeq", "0009 \t INVITE"),
            ("Max-Forwards", "0068"),
            ("Expires", "10000000000000000000000000000000000"),
            ("x", "1800 ; refresher=UAC"),
            ("Min-SE", "90"),
            ("RAck", "7 1 INVITE"),
        ]);
        assert_eq!(good.cseq(), Ok(CSeq { number: 9, method: Method::Invite }));
        assert_eq!(good.max_forwards(), Ok(Some(68)));
        assert_eq!(good.expires(), Ok(Some(u32::MAX)));
        let expected = SessionExpires { seconds: 1800, refresher: Some(Refresher::Uac) };
        assert_eq!(good.session_expires(), Ok(Some(expected)));
        assert_eq!(expected.to_bytes(), b"1800;refresher=uac");
        assert_eq!(good.min_se(), Ok(Some(90)));
        assert_eq!(good.rack().unwrap().unwrap().rseq, 7);
    }

    #[test]
    fn contacts_are_a_list_or_a_star() {
        assert_eq!(headers(&[("m", " * ".trim())]).contacts(), Ok(ContactList::Any));
        assert_eq!(headers(&[]).contacts(), Ok(ContactList::List(Vec::new())));
        let two = headers(&[("m", "<sip:a@b>, \"x, y\" <sip:c@d>;q=0.1"), ("Contact", "sip:e@f")]);
        let ContactList::List(list) = two.contacts().unwrap() else { panic!("a list") };
        assert_eq!(list.len(), 3);
        assert!(headers(&[("m", "*"), ("m", "<sip:a@b>")]).contacts().is_err());
        assert!(headers(&[("m", "<sip:a@b>,")]).contacts().is_err());
    }

    #[test]
    fn token_lists_span_lines() {
        let list = headers(&[("k", "timer, 100rel"), ("Supported", "path"), ("Privacy", "id;user")]);
        assert_eq!(list.supported(), [&b"timer"[..], b"100rel", b"path"]);
        assert!(list.supports("TIMER") && !list.supports("replaces"));
        assert_eq!(list.privacy(), [&b"id"[..], b"user"]);
    }

    #[test]
    fn accept_and_content_type_are_media_types() {
        assert!(headers(&[]).accepts("application/sdp"));
        assert!(headers(&[("Accept", "text/plain, APPLICATION/*;q=0.1")]).accepts("application/sdp"));
        assert!(!headers(&[("Accept", "text/nobodyKnowsThis")]).accepts("application/sdp"));
        let typed = headers(&[("c", "Application/ SDP ;charset=utf-8")]);
        assert!(typed.content_type_is("application/sdp"));
    }
}
