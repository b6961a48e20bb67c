//! What callers choose by a key (R-G6).

use super::{changed, errors, parse};
use crate::plan::render_text;

const NUMBER: &str = "guidance_prompt = \"guidance\"";

fn with_choice(choice: &str) -> String {
    changed(NUMBER, &format!("{NUMBER}\nchoice = {choice}"))
}

#[test]
fn a_choice_is_read_and_shown() {
    let text = with_choice(
        "{ prompt = \"waiting\", when = \"before_guidance\", timeout_s = 7, options = { \"1\" = { skill = \"english\" }, \"#\" = { guidance_prompt = \"guidance\" } } }",
    );
    let text = text.replace("serves = { shiga = 1 }", "serves = { shiga = 1 }\nskills = [\"english\"]");
    let plan = parse(&text).unwrap_or_else(|errors| panic!("{errors:?}"));
    let shown = render_text(&plan);
    assert!(
        shown.contains("choice on 0770007119 before the guidance, 7 s: # guidance guidance, 1 english"),
        "{shown}"
    );
}

#[test]
fn a_choice_that_callers_cannot_make_is_told() {
    let said = errors(&with_choice(
        "{ prompt = \"menu\", when = \"later\", timeout_s = 0, options = { \"12\" = {}, \"3\" = { skill = \"thai\" }, \"4\" = 4 } }",
    ));
    for wanted in [
        "unknown prompt `menu`",
        "`when` may not be",
        "CHOICE_S",
        "\"12\" is no key of a telephone",
        "`4` is",
    ] {
        assert!(said.iter().any(|error| error.contains(wanted)), "{wanted} in {said:#?}");
    }
    let said = errors(&with_choice(
        "{ prompt = \"waiting\", when = \"after_guidance\", options = { \"3\" = { skill = \"thai\" } } }",
    ));
    assert!(said[0].contains("may choose `thai`, which no seat that serves it has"), "{said:#?}");
    let said = errors(&with_choice("{ prompt = \"waiting\", when = \"after_guidance\", options = {} }"));
    assert!(said[0].contains("`options` has no key to choose"), "{said:#?}");
}
