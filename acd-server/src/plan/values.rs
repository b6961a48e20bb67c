//! The small languages within the plan's texts: names, times of day, dates, addresses, ranges of seat names.

use std::net::{IpAddr, SocketAddr};

use acd_core::{CivilDate, Name, TimeOfDay};
use ipnet::IpNet;

use super::fields::Complaint;
use super::limits::{NUMBER_DIGITS, YEAR};
use super::shell::StaticContact;

/// The year that stands for every year in a check of dates: it has no February 29.
const EVERY_YEAR: i32 = 2001;

/// A name of the plan.
pub(super) fn name<T>(
    make: impl Fn(&str) -> Result<T, acd_core::NameError>,
    text: &str,
) -> Result<T, Complaint> {
    make(text).map_err(|error| {
        Complaint::new(
            format!("\"{text}\" is no name: {error}"),
            "use 1 to 31 of a-z, A-Z, 0-9, '_', '-', '.'",
        )
    })
}

/// `HH:MM`; 24:00 only as an end.
pub(super) fn time_of_day(text: &str, is_end: bool) -> Result<TimeOfDay, Complaint> {
    let complaint = || {
        let last = if is_end { "24:00" } else { "23:59" };
        Complaint::new(format!("\"{text}\" is no time of day"), format!("write HH:MM from 00:00 to {last}"))
    };
    let (hour, minute) = text.split_once(':').ok_or_else(complaint)?;
    let hour = digits(hour, 2).ok_or_else(complaint)?;
    let minute = digits(minute, 2).ok_or_else(complaint)?;
    let time = TimeOfDay::from_hm(hour, minute).ok_or_else(complaint)?;
    if hour == 24 && !is_end { Err(complaint()) } else { Ok(time) }
}

/// `YYYY-MM-DD`.
pub(super) fn date(text: &str) -> Result<CivilDate, Complaint> {
    let complaint =
        || Complaint::new(format!("\"{text}\" is no date"), "write YYYY-MM-DD, such as 2026-12-31");
    let (year, month_day) = text.split_once('-').ok_or_else(complaint)?;
    let year = digits(year, 4).and_then(|year| i32::try_from(year).ok()).ok_or_else(complaint)?;
    let in_years = (YEAR.min..=YEAR.max).contains(&i64::from(year));
    match month_and_day(month_day) {
        Some((month, day)) if in_years && exists(year, month, day) => Ok(CivilDate { year, month, day }),
        _ => Err(complaint()),
    }
}

/// `MM-DD` of a year; `None`: of every year.
pub(super) fn month_day(text: &str, year: Option<i32>) -> Option<(u8, u8)> {
    month_and_day(text).filter(|(month, day)| exists(year.unwrap_or(EVERY_YEAR), *month, *day))
}

/// `MM-DD HH:MM`, the edge of a date range.
pub(super) fn range_edge(text: &str, year: Option<i32>) -> Result<(u8, u8, TimeOfDay), Complaint> {
    let which = year.map_or_else(|| "every year".to_owned(), |year| year.to_string());
    let complaint = || {
        Complaint::new(
            format!("\"{text}\" is no instant of {which}"),
            "write MM-DD HH:MM, such as 12-26 00:00, with a day that exists",
        )
    };
    let (day, time) = text.split_once(' ').ok_or_else(complaint)?;
    let (month, day) = month_day(day, year).ok_or_else(complaint)?;
    let time = time_of_day(time, false).map_err(|_| complaint())?;
    Ok((month, day, time))
}

/// The digits of a dialled number.
pub(super) fn dialled_digits(text: &str) -> Result<&str, Complaint> {
    let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
    if text.bytes().all(|byte| byte.is_ascii_digit())
        && (NUMBER_DIGITS.min..=NUMBER_DIGITS.max).contains(&length)
    {
        return Ok(text);
    }
    Err(Complaint::new(
        format!("\"{text}\" is no telephone number"),
        format!(
            "write {} to {} digits as the carrier sends them, without '-' (NUMBER_DIGITS)",
            NUMBER_DIGITS.min, NUMBER_DIGITS.max
        ),
    ))
}

/// `address:port`.
pub(super) fn socket_address(text: &str) -> Result<SocketAddr, Complaint> {
    text.parse().map_err(|_| {
        Complaint::new(
            format!("\"{text}\" is no address with port"),
            "write such as 127.0.0.1:5060 or [::1]:5060",
        )
    })
}

/// An IP address that can be told to a peer.
pub(super) fn peer_address(text: &str) -> Result<IpAddr, Complaint> {
    match text.parse::<IpAddr>() {
        Ok(address) if !address.is_unspecified() => Ok(address),
        _ => Err(Complaint::new(
            format!("\"{text}\" is no address that a peer can reach"),
            "write an IP address of this host, such as 127.0.0.1",
        )),
    }
}

/// An IP address to bind.
pub(super) fn ip_address(text: &str) -> Result<IpAddr, Complaint> {
    text.parse()
        .map_err(|_| Complaint::new(format!("\"{text}\" is no IP address"), "write such as 127.0.0.1 or ::1"))
}

/// A network in CIDR notation, or one address.
pub(super) fn network(text: &str) -> Result<IpNet, Complaint> {
    let parsed = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    match parsed {
        Some(network) if network.trunc() == network => Ok(network),
        Some(network) => Err(Complaint::new(
            format!("\"{text}\" has address bits beyond its prefix"),
            format!("write {} or a longer prefix", network.trunc()),
        )),
        None => Err(Complaint::new(
            format!("\"{text}\" is no network"),
            "write CIDR, such as 192.0.2.0/28 or 2001:db8::/64",
        )),
    }
}

/// A contact that needs no registration.
pub(super) fn static_contact(text: &str) -> Result<StaticContact, Complaint> {
    fixed_contact(text, "static contact")
}

/// An address of a carrier.
pub(super) fn trunk_peer(text: &str) -> Result<StaticContact, Complaint> {
    fixed_contact(text, "address of a carrier")
}

/// `sip:[user@]address[:port][;transport=udp|tcp]`. The host is an IP address, so that nothing waits for a name server.
fn fixed_contact(text: &str, what: &str) -> Result<StaticContact, Complaint> {
    let complaint = || {
        Complaint::new(
            format!("\"{text}\" is no {what}"),
            "write sip:[user@]IP-address[:port][;transport=tcp], such as sip:127.0.0.1:16000",
        )
    };
    let rest = text.strip_prefix("sip:").ok_or_else(complaint)?;
    let (place, tcp) = match rest.split_once(';') {
        None => (rest, false),
        Some((place, "transport=udp")) => (place, false),
        Some((place, "transport=tcp")) => (place, true),
        Some(_) => return Err(complaint()),
    };
    let host = match place.split_once('@') {
        None => place,
        Some((user, host)) if is_sip_user(user) => host,
        Some(_) => return Err(complaint()),
    };
    let address = host
        .parse::<SocketAddr>()
        .or_else(|_| {
            let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
            address.parse::<IpAddr>().map(|address| SocketAddr::new(address, 5060))
        })
        .map_err(|_| complaint())?;
    Ok(StaticContact { uri: text.to_owned(), address, tcp })
}

/// Whether a text can stand before the '@' of a SIP address without escapes.
pub(super) fn is_sip_user(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,".contains(&byte))
}

/// A seat of a `names` range: its name, and its number as it is written there (the `{n}` of templates).
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct SeatName {
    pub(super) name: Name,
    pub(super) number: String,
}

/// `seat101`.
pub(super) fn seat_name(text: &str) -> Result<SeatName, Complaint> {
    let name = name(Name::new, text)?;
    let (_, number) = split_number(text);
    Ok(SeatName { name, number: number.to_owned() })
}

/// `seat101..seat107`, both ends within.
pub(super) fn seat_names(text: &str, count_max: usize) -> Result<Vec<SeatName>, Complaint> {
    let complaint = |why: String| {
        Complaint::new(
            format!("\"{text}\" is no range of seats: {why}"),
            "write such as \"seat101..seat107\"; for one seat use `name`",
        )
    };
    let (first, last) = text.split_once("..").ok_or_else(|| complaint("it has no '..'".to_owned()))?;
    for end in [first, last] {
        Name::new(end).map_err(|error| complaint(error.to_string()))?;
    }
    let (prefix, from) = split_number(first);
    let (last_prefix, to) = split_number(last);
    if prefix != last_prefix {
        return Err(complaint("its ends differ in more than the number".to_owned()));
    }
    if from.len() != to.len() {
        return Err(complaint("its numbers differ in length, which leading zeros would mend".to_owned()));
    }
    let width = from.len();
    let (Ok(from), Ok(to)) = (from.parse::<u64>(), to.parse::<u64>()) else {
        return Err(complaint("its ends have no number".to_owned()));
    };
    if from > to {
        return Err(complaint("it ends before it begins".to_owned()));
    }
    if usize::try_from(to - from).map_or(true, |more| more >= count_max) {
        return Err(complaint(format!("it has more than {count_max} seats (SEATS_MAX)")));
    }
    (from..=to)
        .map(|number| {
            let number = format!("{number:0width$}");
            let name =
                Name::new(&format!("{prefix}{number}")).map_err(|error| complaint(error.to_string()))?;
            Ok(SeatName { name, number })
        })
        .collect()
}

fn split_number(text: &str) -> (&str, &str) {
    let prefix = text.trim_end_matches(|character: char| character.is_ascii_digit());
    (prefix, &text[prefix.len()..])
}

fn month_and_day(text: &str) -> Option<(u8, u8)> {
    let (month, day) = text.split_once('-')?;
    let month = digits(month, 2).and_then(|month| u8::try_from(month).ok())?;
    let day = digits(day, 2).and_then(|day| u8::try_from(day).ok())?;
    Some((month, day))
}

fn exists(year: i32, month: u8, day: u8) -> bool {
    let date = CivilDate { year, month, day };
    (1..=12).contains(&month) && (1..=31).contains(&day) && CivilDate::from_days(date.days()) == date
}

fn digits(text: &str, width: usize) -> Option<u32> {
    if text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}
