//! Which facts a client wants.

use std::collections::BTreeSet;

use acd_core::TenantId;
use acd_proto::{FACT_KINDS, Subject, fact_kind, fact_subject};
use tonic::Status;

use crate::journal::{FactReader, JournalError, StoredFact};
use crate::limits::FACT_FILTER_NAMES_MAX;

/// Tenants and kinds; empty sets let everything through.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Filter {
    tenants: BTreeSet<TenantId>,
    kinds: BTreeSet<String>,
}

impl Filter {
    /// Checks what a client has written.
    pub(super) fn new(tenants: &[String], kinds: Vec<String>) -> Result<Self, Status> {
        if tenants.len() + kinds.len() > FACT_FILTER_NAMES_MAX {
            return Err(Status::invalid_argument(format!(
                "tenants, kinds: more than {FACT_FILTER_NAMES_MAX} names; leave the filter empty for all"
            )));
        }
        if let Some(unknown) = kinds.iter().find(|kind| !FACT_KINDS.contains(&kind.as_str())) {
            return Err(Status::invalid_argument(format!(
                "kinds: there are no facts of the kind {unknown:?}; the kinds are {}",
                FACT_KINDS.join(", ")
            )));
        }
        let tenants = tenants
            .iter()
            .map(|tenant| {
                TenantId::new(tenant)
                    .map_err(|error| Status::invalid_argument(format!("tenants: {tenant:?}: {error}")))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { tenants, kinds: kinds.into_iter().collect() })
    }

    /// Whether the client wants the fact.
    pub(super) fn wants(&self, stored: &StoredFact, reader: &mut FactReader) -> Result<bool, JournalError> {
        if !self.kinds.is_empty() && !self.kinds.contains(fact_kind(&stored.fact)) {
            return Ok(false);
        }
        if self.tenants.is_empty() {
            return Ok(true);
        }
        match fact_subject(&stored.fact) {
            Subject { tenant: Some(tenant), .. } => Ok(self.tenants.contains(&tenant)),
            Subject { call: Some(call), .. } => {
                Ok(reader.tenant_of(call)?.is_some_and(|tenant| self.tenants.contains(&tenant)))
            }
            // A seat serves several tenants.
            Subject { seat: Some(_), .. } => Ok(false),
            // The whole switch's: an outage is everybody's.
            Subject { seat: None, .. } => Ok(true),
        }
    }
}
