//! What clients say of third parties, in the core's words.

use acd_core::{AreaId, Destination, DestinationId, LocateCondition, NameError, Pii, dialable};

use super::generated as v1;

/// Why a message names no destination.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DestinationFault {
    /// It names nobody, or what only facts may name.
    Whom,
    /// An entry or a municipality is no name.
    Name(NameError),
    /// A number is none.
    Number,
}

impl std::fmt::Display for DestinationFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whom => f.write_str(
                "destination: send entry, headquarters_of, headquarters_of_caller, caller or number; call back by CallOut with caller",
            ),
            Self::Name(error) => write!(f, "destination: {error}; send a name of the plan"),
            Self::Number => f.write_str("destination.number: send digits, or +81 and digits, without '-'"),
        }
    }
}

impl std::error::Error for DestinationFault {}

/// Whom a client wants to reach.
///
/// # Errors
/// If it names nobody, or is no name or number.
pub fn command_destination(destination: Option<&v1::Destination>) -> Result<Destination, DestinationFault> {
    use v1::destination::Whom;
    match destination.and_then(|it| it.whom.as_ref()) {
        Some(Whom::Entry(name)) => {
            DestinationId::new(name).map(Destination::Entry).map_err(DestinationFault::Name)
        }
        Some(Whom::HeadquartersOf(area)) => {
            let area = AreaId::new(area).map_err(DestinationFault::Name)?;
            Ok(Destination::Headquarters(Some(area)))
        }
        Some(Whom::HeadquartersOfCaller(true)) => Ok(Destination::Headquarters(None)),
        Some(Whom::Caller(true)) => Ok(Destination::Caller),
        Some(Whom::Number(number)) => {
            let digits = dialable(number).ok_or(DestinationFault::Number)?;
            Ok(Destination::Number(Pii::new(digits)))
        }
        Some(
            Whom::HeadquartersOfCaller(false)
            | Whom::Caller(false)
            | Whom::CallBack(_)
            | Whom::NumberKeptBack(_),
        )
        | None => Err(DestinationFault::Whom),
    }
}

/// A condition of the notice (R-T6); `None`: none that this version knows.
pub fn locate_condition(condition: i32) -> Option<LocateCondition> {
    match v1::LocateCondition::try_from(condition) {
        Ok(v1::LocateCondition::Unresponsive) => Some(LocateCondition::Unresponsive),
        Ok(v1::LocateCondition::LifeInDanger) => Some(LocateCondition::LifeInDanger),
        Ok(v1::LocateCondition::WhereaboutsUnknown) => Some(LocateCondition::WhereaboutsUnknown),
        Ok(v1::LocateCondition::Unspecified) | Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use v1::destination::Whom;

    fn read(whom: Whom) -> Result<Destination, DestinationFault> {
        command_destination(Some(&v1::Destination { whom: Some(whom) }))
    }

    #[test]
    fn every_destination_of_a_command_is_read() {
        let entry = DestinationId::new("otsu").unwrap();
        assert_eq!(read(Whom::Entry("otsu".to_owned())), Ok(Destination::Entry(entry)));
        let area = AreaId::new("otsu").unwrap();
        assert_eq!(read(Whom::HeadquartersOf("otsu".to_owned())), Ok(Destination::Headquarters(Some(area))));
        assert_eq!(read(Whom::HeadquartersOfCaller(true)), Ok(Destination::Headquarters(None)));
        assert_eq!(read(Whom::Caller(true)), Ok(Destination::Caller));
        let number = Destination::Number(Pii::new("0312345678".parse().unwrap()));
        assert_eq!(read(Whom::Number("0312345678".to_owned())), Ok(number));
        assert_eq!(read(Whom::Number("+81312345678".to_owned())), Ok(number));
    }

    #[test]
    fn what_names_nobody_is_told() {
        for whom in [
            Whom::HeadquartersOfCaller(false),
            Whom::Caller(false),
            Whom::CallBack("0312345678".to_owned()),
            Whom::NumberKeptBack(true),
        ] {
            assert_eq!(read(whom), Err(DestinationFault::Whom));
        }
        assert_eq!(command_destination(None), Err(DestinationFault::Whom));
        assert_eq!(read(Whom::Number("03-1234".to_owned())), Err(DestinationFault::Number));
        assert_eq!(read(Whom::Number(String::new())), Err(DestinationFault::Number));
        assert_eq!(read(Whom::Entry(String::new())), Err(DestinationFault::Name(NameError::Empty)));
        assert_eq!(locate_condition(0), None);
        assert_eq!(locate_condition(9), None);
    }
}
