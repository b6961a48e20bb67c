//! The seats: whom they serve, how an agent logs in, how their phone is reached.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use acd_core::limits::SEATS_MAX;
use acd_core::plan::{Login, Seat};
use acd_core::{Name, SeatId, SkillId, TenantId};

use super::credentials::{Secrets, secrets};
use super::error::{At, Located, Report, did_you_mean, listed};
use super::fields::{Complaint, Fields, integer_of};
use super::limits::{PRIORITY, RETRY_S, WRAP_UP_MAX_S};
use super::shell::{SeatCredentials, StaticContact};
use super::tenants::Tenants;
use super::values::{SeatName, is_sip_user, seat_name, seat_names};
use super::{keys, values};

/// What the whole plan says and each seat needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surroundings<'p> {
    pub(super) tenants: &'p Tenants,
    /// Whether every tenant has a name, so that an unknown one is unknown and not mistyped where it is declared.
    pub(super) tenants_named: bool,
    pub(super) realm: &'p str,
    /// Whether strangers can reach the switch, so that the demonstration's passwords are refused.
    pub(super) open_to_network: bool,
}

/// The seats, for the core and for the shell.
#[derive(Debug, Default)]
pub(super) struct Seats {
    pub(super) core: BTreeMap<SeatId, Seat>,
    pub(super) shell: BTreeMap<SeatId, SeatCredentials>,
}

pub(super) fn seats(report: &mut Report<'_>, top: Fields<'_>, around: Surroundings<'_>) -> Seats {
    let errors_before = report.len();
    top.require(report, "seats", "write [[seats]] with names, whom they serve and a password");
    let mut seats = Seats::default();
    let mut users = BTreeMap::new();
    let mut phones = Phones::default();
    for fields in top.tables(report, "seats", &keys::SEATS) {
        let (names, at_names) = names(report, fields);
        let contact = fields.parsed(report, "static_contact", values::static_contact).map(|it| it.value);
        let has_contact = fields.has("static_contact");
        let secrets = secrets(report, fields, names.len());
        let core = seat(report, fields, around, has_contact);
        check_secrets(report, fields, around, &secrets);
        let user_template = fields.parsed(report, "user", user).map(|user| user.value);
        let errors_before = report.len();
        for SeatName { name, number } in names {
            // What is wrong with one seat of a range is wrong with the others too, and is said once.
            let first_error = report.len() == errors_before;
            let id = SeatId(name);
            let fill = |template: &str| template.replace("{n}", &number);
            let user = user_template.map_or_else(|| name.to_string(), fill);
            if seats.core.insert(id, core.clone()).is_some() {
                if first_error {
                    report.wrong(at_names, format!("seat `{id}` exists twice"), "name each seat once");
                }
                continue;
            }
            if let Some(other) = users.insert(user.clone(), id)
                && first_error
            {
                report.wrong(
                    fields.at_value("user"),
                    format!("seats `{other}` and `{id}` have the same user `{user}`"),
                    "give each seat a user of its own, such as user = \"phone{n}\", or leave `user` out",
                );
            }
            if let Some(contact) = &contact
                && first_error
            {
                phones.check(report, fields.at_value("static_contact"), contact, id);
            }
            let ha1 = secrets.of(&user, around.realm, fill);
            let shell = SeatCredentials { user, ha1, static_contact: contact.clone() };
            seats.shell.insert(id, shell);
        }
    }
    if seats.core.len() > SEATS_MAX {
        report.wrong(
            top.at_value("seats"),
            format!("there are {} seats, more than {SEATS_MAX} (SEATS_MAX)", seats.core.len()),
            "spread them over several switches",
        );
    }
    if report.len() == errors_before {
        check_tenants_are_served(report, around.tenants, &seats.core);
    }
    seats
}

/// The static contacts so far, by address, transport and user, with the seat that is rung there.
#[derive(Debug, Default)]
struct Phones {
    seats: BTreeMap<(SocketAddr, bool, Option<String>), SeatId>,
    /// Addresses without a user of which it has been said.
    said: BTreeSet<(SocketAddr, bool)>,
}

impl Phones {
    /// One phone has one ring at a time (R-Q5), so it is one seat. Without a user an address may be a gateway of many phones,
    /// which tells them apart by the seat's name in To.
    fn check(&mut self, report: &mut Report<'_>, at: At, contact: &StaticContact, seat: SeatId) {
        let user = contact.uri.trim_start_matches("sip:").split_once('@').map(|(user, _)| user.to_owned());
        let is_named = user.is_some();
        let place = (contact.address, contact.tcp);
        let other = match self.seats.entry((contact.address, contact.tcp, user)) {
            Entry::Vacant(vacant) => {
                vacant.insert(seat);
                return;
            }
            Entry::Occupied(occupied) => *occupied.get(),
        };
        if is_named {
            report.wrong(
                at,
                format!("seats `{other}` and `{seat}` have the same static contact: two rings could reach one phone (R-Q5)"),
                "write one [[seats]] for each phone, with a contact of its own",
            );
        } else if self.said.insert(place) {
            report.doubtful(
                at,
                format!(
                    "seats `{other}` and `{seat}` are both rung at {}, where two rings could reach one phone (R-Q5)",
                    contact.address
                ),
                "write one [[seats]] for each phone, unless what answers there tells seats apart by To",
            );
        }
    }
}

fn names(report: &mut Report<'_>, fields: Fields<'_>) -> (Vec<SeatName>, At) {
    let one = fields.parsed(report, "name", seat_name);
    let many = fields.parsed(report, "names", |text| seat_names(text, SEATS_MAX));
    match (fields.has("name"), fields.has("names")) {
        (true, true) => {
            report.wrong(fields.at_value("names"), "there is `names` beside `name`", "write one of the two")
        }
        (false, false) => report.missing(
            fields.at(),
            "[[seats]] has neither `name` nor `names`",
            "write name = \"seat101\" or names = \"seat101..seat107\"",
        ),
        _ => {}
    }
    let at = one.as_ref().map(|one| one.at).or_else(|| many.as_ref().map(|many| many.at));
    let names = one.map(|one| vec![one.value]).or_else(|| many.map(|many| many.value)).unwrap_or_default();
    (names, at.unwrap_or_else(|| fields.at()))
}

fn seat(report: &mut Report<'_>, fields: Fields<'_>, around: Surroundings<'_>, has_contact: bool) -> Seat {
    let logins =
        [("by_command", Login::ByCommand), ("on_register", Login::OnRegister), ("always", Login::Always)];
    let login = fields.word(report, "login", &logins).unwrap_or(Login::ByCommand);
    match login {
        Login::Always if !has_contact => report.missing(
            fields.at_value("login"),
            "`login` is \"always\", but there is no `static_contact` to ring",
            "write static_contact = \"sip:address:port\", or another login (R-S2)",
        ),
        Login::OnRegister if has_contact => report.wrong(
            fields.at_value("login"),
            "`login` is \"on_register\", but a seat with a `static_contact` does not register",
            "use \"always\" or \"by_command\" (R-S2)",
        ),
        Login::Always | Login::OnRegister | Login::ByCommand => {}
    }
    let mut skills = BTreeSet::new();
    let named = fields.parsed_list(report, "skills", |text| values::name(SkillId::new, text));
    for Located { value: skill, at } in named {
        if !skills.insert(skill) {
            report.wrong(at, format!("`skills` has `{skill}` twice"), "write it once");
        }
    }
    // Static contacts have nobody who could say that they are back (R-Q6).
    let contact_retry = has_contact.then_some(Duration::from_secs(5));
    Seat {
        serves: serves(report, fields, around),
        skills,
        login,
        static_contact: has_contact,
        wrap_up_max: fields.seconds(report, "wrap_up_max_s", &WRAP_UP_MAX_S),
        not_answering_retry: fields.seconds(report, "not_answering_retry_s", &RETRY_S).or(contact_retry),
        unreachable_retry: fields.seconds(report, "unreachable_retry_s", &RETRY_S).or(contact_retry),
    }
}

fn serves(report: &mut Report<'_>, fields: Fields<'_>, around: Surroundings<'_>) -> BTreeMap<TenantId, u16> {
    let tenants = around.tenants;
    fields.require(report, "serves", "write tenants with priorities, such as serves = { shiga = 1 }");
    let mut serves = BTreeMap::new();
    let Some((table, at)) = fields.open_table(report, "serves") else { return serves };
    if table.is_empty() {
        report.wrong(at, "`serves` names no tenant", "write such as serves = { shiga = 1 }");
    }
    for (key, value) in table {
        let at = At::from(key.span());
        let id = match values::name(TenantId::new, key.get_ref()) {
            Ok(id) if tenants.contains_key(&id) => id,
            Ok(_) if !around.tenants_named => continue,
            Ok(id) => {
                let known = || tenants.keys().map(TenantId::as_str);
                report.wrong(
                    at,
                    format!("`serves` names the unknown tenant `{id}`{}", did_you_mean(id.as_str(), known())),
                    format!("use one of {}", listed(known())),
                );
                continue;
            }
            Err(Complaint { problem, remedy }) => {
                report.wrong(at, format!("`serves` {problem}"), remedy);
                continue;
            }
        };
        if tenants.get(&id).is_some_and(|tenant| tenant.shell.dedicated_seats) && table.len() > 1 {
            report.wrong(
                at,
                format!("`{id}` has `dedicated_seats`, but these seats serve other tenants too"),
                "give it seats of its own (R-S4)",
            );
        }
        let priority = integer_of(report, id.as_str(), value, &PRIORITY);
        if let Some(priority) = priority.and_then(|priority| u16::try_from(priority).ok()) {
            serves.insert(id, priority);
        }
    }
    serves
}

fn check_secrets(
    report: &mut Report<'_>,
    fields: Fields<'_>,
    around: Surroundings<'_>,
    secrets: &Secrets<'_>,
) {
    if secrets.is_empty() && !["password", "ha1", "static_contact"].iter().any(|key| fields.has(key)) {
        report.missing(
            fields.at(),
            "these seats have neither `password` nor `ha1` nor `static_contact`, so no ring could reach them",
            "write a password for their phones",
        );
    }
    if let Some(password) = &secrets.password
        && around.open_to_network
        && password.value.reveal().starts_with("demo-")
    {
        report.wrong(
            password.at,
            "`password` is the demonstration's, and the plan listens beyond the loopback",
            "set passwords of your own, or listen on 127.0.0.1 only",
        );
    }
}

/// A caller of a tenant whom no seat may serve would wait for ever (R-Q8).
fn check_tenants_are_served(report: &mut Report<'_>, tenants: &Tenants, seats: &BTreeMap<SeatId, Seat>) {
    for (id, tenant) in tenants {
        let serving = || seats.values().filter(|seat| seat.serves.contains_key(id));
        if serving().next().is_none() {
            report.missing(
                tenant.at,
                format!("no seat serves tenant `{id}`"),
                "name it in `serves` of some [[seats]]",
            );
        } else if let Some(skill) = tenant.core.entry_skill
            && !serving().any(|seat| seat.skills.contains(&skill))
        {
            report.missing(
                tenant.entry_skill_at,
                format!("no seat that serves tenant `{id}` has the skill `{skill}`"),
                "write it into `skills` of some [[seats]], or take `entry_skill` out",
            );
        }
        let choices = tenant.core.numbers.values().filter_map(|number| number.choice.as_ref());
        for skill in choices.flat_map(|choice| choice.options.values()).filter_map(|option| option.skill) {
            if serving().next().is_some() && !serving().any(|seat| seat.skills.contains(&skill)) {
                report.missing(
                    tenant.at,
                    format!(
                        "callers of tenant `{id}` may choose `{skill}`, which no seat that serves it has"
                    ),
                    "write it into `skills` of some [[seats]], or take it out of `choice`",
                );
            }
        }
        for (skill, at) in &tenant.hand_overs_at {
            if serving().next().is_some() && !serving().any(|seat| seat.skills.contains(skill)) {
                report.wrong(
                    *at,
                    format!("`hand_over` leads to `{skill}`, which no seat that serves tenant `{id}` has"),
                    "write it into `skills` of some [[seats]], or take it out of `hand_over`",
                );
            }
        }
    }
}

fn user(text: &str) -> Result<&str, Complaint> {
    if is_sip_user(&text.replace("{n}", "0")) && Name::new(&text.replace("{n}", "0")).is_ok() {
        return Ok(text);
    }
    Err(Complaint::new(
        format!("\"{text}\" is no user name"),
        "use a-z, A-Z, 0-9, '_', '-', '.', with {n} for the seat's number",
    ))
}
