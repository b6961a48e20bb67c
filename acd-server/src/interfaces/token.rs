//! The token of the gRPC interface.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::limits::TOKEN_CHARS_MIN;

/// The environment variable in which `acd serve` and the commands that act on it find the token.
pub const TOKEN_VARIABLE: &str = "ACD_TOKEN";

/// What a client must show. Neither `Debug` nor any log has it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// Why a text is no token.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TokenError {
    /// It could be guessed.
    #[error("the token has fewer than {TOKEN_CHARS_MIN} characters: make one with `openssl rand -hex 32`")]
    TooShort,
    /// It cannot stand in a header.
    #[error("the token has a space or another character that no header takes: use letters, digits, - and _")]
    NotGraphic,
}

impl Token {
    /// Takes a token.
    ///
    /// # Errors
    /// If it is too short, or cannot stand in a header.
    pub fn new(text: &str) -> Result<Self, TokenError> {
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(TokenError::NotGraphic);
        }
        if text.len() < TOKEN_CHARS_MIN {
            return Err(TokenError::TooShort);
        }
        Ok(Self(text.to_owned()))
    }

    /// The token in [`TOKEN_VARIABLE`]; none if the variable is absent or empty.
    ///
    /// # Errors
    /// If what it has is no token.
    pub fn from_environment() -> Result<Option<Self>, TokenError> {
        match std::env::var(TOKEN_VARIABLE) {
            Ok(text) if !text.is_empty() => Self::new(&text).map(Some),
            Ok(_) | Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => Err(TokenError::NotGraphic),
        }
    }

    /// The value of the metadata `authorization` that shows it (RFC 6750 section 2.1).
    pub fn bearer(&self) -> String {
        format!("Bearer {}", self.0)
    }

    /// Whether `authorization` shows this token. Hashes are compared, so that the time it takes says nothing of how much
    /// of a guess was right.
    pub fn is_shown_by(&self, authorization: &[u8]) -> bool {
        let Some((scheme, shown)) = authorization.split_at_checked("bearer ".len()) else { return false };
        scheme.eq_ignore_ascii_case(b"bearer ") && Sha256::digest(shown) == Sha256::digest(self.0.as_bytes())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "0123456789abcdef";

    #[test]
    fn only_the_whole_token_is_shown() {
        let token = Token::new(GOOD).unwrap();
        assert!(token.is_shown_by(token.bearer().as_bytes()));
        assert!(token.is_shown_by(b"bearer 0123456789abcdef"));
        for wrong in ["", "Bearer ", "0123456789abcdef", "Bearer 0123456789abcde", "Bearer 0123456789abcdef0"]
        {
            assert!(!token.is_shown_by(wrong.as_bytes()), "{wrong}");
        }
        assert!(!format!("{token:?}").contains(GOOD));
    }

    #[test]
    fn what_can_be_guessed_or_not_be_sent_is_refused() {
        assert_eq!(Token::new("0123456789abcde"), Err(TokenError::TooShort));
        assert_eq!(Token::new(""), Err(TokenError::TooShort));
        assert_eq!(Token::new("0123456789 abcdef"), Err(TokenError::NotGraphic));
        assert_eq!(Token::new("0123456789abcdef\n"), Err(TokenError::NotGraphic));
    }
}
