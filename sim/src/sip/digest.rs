//! Digest authentication (RFC 2617, RFC 7616), the computing by `rsip`.

use rsip::headers::ToTypedHeader;
use rsip::headers::auth::{Algorithm, AuthQop, Qop};
use rsip::services::DigestGenerator;
use rsip::typed::WwwAuthenticate;
use rsip::{Header, Method, Response, Uri};

/// Who a phone says it is.
#[derive(Clone)]
pub struct Credentials {
    /// The user's name.
    pub user: String,
    /// The password in the clear.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials({})", self.user)
    }
}

impl Credentials {
    /// The header that answers the challenge of a 401 or 407; `None` if it holds no challenge that we can answer.
    ///
    /// Of several challenges the first whose algorithm we know is taken, as RFC 8760 2.4 asks.
    pub(crate) fn answer(
        &self,
        challenge: &Response,
        method: Method,
        uri: &Uri,
        cnonce: &str,
    ) -> Option<Header> {
        let proxy = challenge.status_code.code() == 407;
        let challenge = challenge.headers.iter().find_map(|header| {
            if let Header::WwwAuthenticate(value) = header
                && !proxy
            {
                value.typed().ok()
            } else if let Header::ProxyAuthenticate(value) = header
                && proxy
            {
                value.typed().ok().map(|value| value.0)
            } else {
                None
            }
        })?;
        let value = self.authorization(&challenge, method, uri, cnonce);
        Some(if proxy {
            Header::ProxyAuthorization(value.into())
        } else {
            Header::Authorization(value.into())
        })
    }

    fn authorization(&self, challenge: &WwwAuthenticate, method: Method, uri: &Uri, cnonce: &str) -> String {
        let qop = challenge
            .qop
            .as_ref()
            .filter(|qop| **qop == Qop::Auth)
            .map(|_| AuthQop::Auth { cnonce: cnonce.to_owned(), nc: 1 });
        let algorithm = challenge.algorithm.unwrap_or(Algorithm::Md5);
        let response = DigestGenerator {
            username: &self.user,
            password: &self.password,
            nonce: &challenge.nonce,
            uri,
            realm: &challenge.realm,
            method: &method,
            qop: qop.as_ref(),
            algorithm,
        }
        .compute();
        // `rsip` would put qop into quotes, which RFC 2617 3.2.2 does not allow.
        let mut value = format!(
            "Digest username=\"{}\", realm=\"{}\", nonce=\"{}\", uri=\"{uri}\", response=\"{response}\"",
            self.user, challenge.realm, challenge.nonce
        );
        if let Some(algorithm) = challenge.algorithm {
            value.push_str(&format!(", algorithm={algorithm}"));
        }
        if let Some(opaque) = &challenge.opaque {
            value.push_str(&format!(", opaque=\"{opaque}\""));
        }
        if qop.is_some() {
            value.push_str(&format!(", qop=auth, nc=00000001, cnonce=\"{cnonce}\""));
        }
        value
    }
}
