//! What an agent does for a caller who does not respond, and what there is to know of such a caller (R-T6).

use alloc::collections::BTreeMap;

use super::{Call, Visit};
use crate::event::CallEvent;
use crate::house::House;
use crate::ids::{AreaId, CallId, DestinationId, DialledNumber, SeatId, TenantId};
use crate::input::{CallCommand, CallerIdentity};
use crate::party::{LineKind, LocateCondition};
use crate::plan::{Directory, EntryKind, FireHeadquarters};
use crate::switch::Switch;
use crate::time::CivilDate;

/// What is known of the caller of a call in progress (R-T6).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallerKnown {
    /// Whose call it is.
    pub tenant: TenantId,
    /// The number as received, or why there is none.
    pub caller: CallerIdentity,
    /// What kind of line the number is, guessed from its digits. Only a fixed line's subscriber can be asked for.
    pub line: LineKind,
    /// The notice's conditions that an agent has looked at, and whether each holds.
    pub conditions: BTreeMap<LocateCondition, bool>,
    /// The seat that is in the call.
    pub seat: Option<SeatId>,
    /// The fire headquarters that would be dialled.
    pub headquarters: Option<HeadquartersKnown>,
}

/// Which fire headquarters, and whether they may ask a carrier for us (R-T6).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HeadquartersKnown {
    /// Their entry in the tenant's directory.
    pub destination: DestinationId,
    /// When our consent was filed with them.
    pub consent_filed_on: Option<CivilDate>,
    /// The number under the tenant's that they were told of (裏番号).
    pub underlying_number: Option<DialledNumber>,
}

impl CallerKnown {
    /// Whether the headquarters can ask the caller's carrier: a fixed line, our consent and the underlying number.
    pub fn carrier_can_be_asked(&self) -> bool {
        let told = |it: &HeadquartersKnown| it.consent_filed_on.is_some() && it.underlying_number.is_some();
        self.line == LineKind::Fixed && self.headquarters.as_ref().is_some_and(told)
    }
}

impl Switch {
    /// What is known of the caller of a call in progress, with the headquarters of a municipality, or of the area code of
    /// the caller's number. `None`: no such call, or nobody called.
    pub fn caller_known(&self, call: CallId, area: Option<AreaId>) -> Option<CallerKnown> {
        let call = self.calls.get(call).filter(|call| !call.visit.outbound)?;
        let visit = &call.visit;
        let directory = &self.house.lines.room(visit.tenant).tenant.directory;
        Some(CallerKnown {
            tenant: visit.tenant,
            caller: visit.caller.clone(),
            line: visit.line_kind(),
            conditions: visit.conditions.clone(),
            seat: call.state.seat(),
            headquarters: visit.headquarters(directory, area),
        })
    }
}

impl Visit {
    fn headquarters(&self, directory: &Directory, area: Option<AreaId>) -> Option<HeadquartersKnown> {
        let destination = match area {
            Some(area) => directory.headquarters_of(area),
            None => self.caller_number().and_then(|number| directory.headquarters_by_number(number)),
        }?;
        let EntryKind::FireHeadquarters(FireHeadquarters { consent_filed_on, underlying_number, .. }) =
            directory.entries.get(&destination)?.kind
        else {
            return None;
        };
        Some(HeadquartersKnown { destination, consent_filed_on, underlying_number })
    }
}

impl Call {
    /// States what an agent does for a caller who does not respond.
    pub(super) fn state_locating(&mut self, command: CallCommand, house: &mut House) {
        let call = self.visit.call;
        match (command, self.state.seat(), &self.visit.caller) {
            (CallCommand::ShowNumber, Some(seat), CallerIdentity::Withheld(_)) => {
                house.out.state(CallEvent::NumberShown { call, seat });
            }
            (CallCommand::Check(condition, holds), _, _) => {
                self.visit.conditions.insert(condition, holds);
                house.out.state(CallEvent::ConditionChecked { call, condition, holds });
            }
            (_, _, _) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::WithheldReason;

    /// R-T6: a subscriber's address can be asked of a fixed line alone.
    #[test]
    fn a_carrier_is_asked_by_headquarters_that_hold_our_consent_and_the_underlying_number() {
        let destination = DestinationId::new("otsu_fire").unwrap();
        let filed = CivilDate { year: 2026, month: 4, day: 1 };
        let number = DialledNumber::new("0775281234").unwrap();
        let asked = |line, consent_filed_on, underlying_number| {
            let headquarters = HeadquartersKnown { destination, consent_filed_on, underlying_number };
            CallerKnown {
                tenant: TenantId::new("shiga").unwrap(),
                caller: CallerIdentity::Withheld(WithheldReason::Withheld),
                line,
                conditions: BTreeMap::new(),
                seat: None,
                headquarters: Some(headquarters),
            }
            .carrier_can_be_asked()
        };
        assert!(asked(LineKind::Fixed, Some(filed), Some(number)));
        assert!(!asked(LineKind::Mobile, Some(filed), Some(number)));
        assert!(!asked(LineKind::Fixed, None, Some(number)));
        assert!(!asked(LineKind::Fixed, Some(filed), None));
    }
}
