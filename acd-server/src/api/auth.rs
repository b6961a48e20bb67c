//! Who may ask.

use std::sync::Arc;

use tonic::service::Interceptor;
use tonic::{Request, Status};

use crate::interfaces::Token;

/// Lets in who shows the token; everybody where there is none, which only the loopback allows.
#[derive(Clone, Debug)]
pub(super) struct Guard(Option<Arc<Token>>);

impl Guard {
    pub(super) fn new(token: Option<Token>) -> Self {
        Self(token.map(Arc::new))
    }
}

impl Interceptor for Guard {
    fn call(&mut self, request: Request<()>) -> Result<Request<()>, Status> {
        let Some(token) = &self.0 else { return Ok(request) };
        let shown = request.metadata().get("authorization");
        if shown.is_some_and(|shown| token.is_shown_by(shown.as_bytes())) {
            return Ok(request);
        }
        Err(Status::unauthenticated("send the token as metadata `authorization: Bearer …`"))
    }
}
