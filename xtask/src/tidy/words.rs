//! Words that may not stand in a source: unfinished work, ambient time, folders that nobody else has.

use super::Findings;
use super::tree::SourceFile;

/// A banned word, where, and what would be right. The words are cut in two, or this file would ban itself.
struct Banned {
    word: &'static str,
    /// Path prefixes where it is banned.
    under: &'static [&'static str],
    /// Paths where it is at home.
    except: &'static [&'static str],
    /// Whether it is only meant where no letter touches it.
    whole: bool,
    instead: &'static str,
}

/// Everywhere.
const ALL: &[&str] = &[""];

/// Where time is an argument (ARCHITECTURE.md, invariants 1 and 3) and nothing may wait.
const PURE: &[&str] = &["acd-core/src/", "proto/src/", "reports/src/", "sip-gateway/src/sip/"];

/// A word of unfinished work.
const fn unfinished(word: &'static str) -> Banned {
    Banned { word, under: ALL, except: &[], whole: true, instead: "finish it, or leave it out" }
}

/// What is right instead of a path from elsewhere, in prose as in a source.
const ELSEWHERE: &str = "name only what is in this repository";

/// A path that only the machine of its writer has.
const fn elsewhere(word: &'static str) -> Banned {
    Banned { word, under: ALL, except: &[], whole: false, instead: ELSEWHERE }
}

/// Something that code with time as an argument may not call.
const fn impure(word: &'static str) -> Banned {
    Banned {
        word,
        under: PURE,
        except: &[],
        whole: false,
        instead: "time is an argument here: take it from the caller",
    }
}

const BANNED: [Banned; 24] = [
    unfinished(concat!("TO", "DO")),
    unfinished(concat!("FIX", "ME")),
    unfinished(concat!("XX", "X")),
    unfinished(concat!("todo", "!(")),
    unfinished(concat!("unimpl", "emented!(")),
    unfinished(concat!("dbg", "!(")),
    Banned {
        word: concat!("#[ign", "ore"),
        under: ALL,
        except: &[],
        whole: false,
        instead: "a test that does not run proves nothing: mend it or remove it",
    },
    elsewhere(concat!("/wo", "rk/")),
    elsewhere(concat!("../sha", "red")),
    elsewhere(concat!("../se", "eds")),
    elsewhere(concat!("DOM", "AIN.md")),
    elsewhere(concat!("CRA", "TES.md")),
    elsewhere(concat!("FEAT", "URES.md")),
    elsewhere(concat!("DES", "IGN.md")),
    elsewhere(concat!("RUL", "ES.md")),
    elsewhere(concat!("forms", ".json")),
    elsewhere(concat!(".lib", "rary")),
    impure(concat!("thread::sl", "eep")),
    impure(concat!("Instant::n", "ow")),
    impure(concat!("SystemTime::n", "ow")),
    impure(concat!("Udp", "Socket")),
    impure(concat!("Tcp", "Stream")),
    Banned {
        word: concat!("SystemTime::n", "ow"),
        under: &["acd-server/src/", "sip-gateway/src/", "recorder/src/"],
        // RTCP tells the far end the time of day (RFC 3550 6.4.1); nothing of ours reads it back.
        except: &["acd-server/src/clock.rs", "sip-gateway/src/media/leg_rtcp.rs"],
        whole: false,
        instead: "one clock stamps everything: ask acd-server/src/clock.rs",
    },
    Banned {
        word: concat!("thread::sl", "eep"),
        under: &["acd-server/src/serve"],
        except: &[],
        whole: false,
        instead: "wait for the queue or the deadline",
    },
];

/// Sources in which words are looked for; prose may speak of them.
const EXTENSIONS: [&str; 5] = ["rs", "toml", "sh", "proto", "ts"];

/// Reports every banned word of a file.
pub(crate) fn check(file: &SourceFile, found: &mut Findings) {
    let source = EXTENSIONS.iter().any(|extension| file.has_extension(extension));
    for banned in &BANNED {
        let here = banned.under.iter().any(|prefix| file.path.starts_with(prefix));
        let papers_too = banned.instead == ELSEWHERE;
        if !here || banned.except.contains(&file.path.as_str()) || !(source || papers_too) {
            continue;
        }
        for (index, line) in file.text.lines().enumerate() {
            if holds(line, banned) {
                found.error(format!("{}:{}: `{}`; {}", file.path, index + 1, banned.word, banned.instead));
            }
        }
    }
}

fn holds(line: &str, banned: &Banned) -> bool {
    line.match_indices(banned.word).any(|(at, _)| {
        let letter = |c: char| c.is_alphanumeric() || c == '_';
        let before = line[..at].chars().next_back().is_some_and(letter);
        let ends_in_letter = banned.word.ends_with(letter);
        let after = line[at + banned.word.len()..].chars().next().is_some_and(letter);
        !banned.whole || !(before || (ends_in_letter && after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(path: &str, text: &str) -> Vec<String> {
        let mut found = Findings::default();
        check(&SourceFile { path: path.into(), text: text.into() }, &mut found);
        found.errors
    }

    #[test]
    fn unfinished_work_is_found_with_its_line() {
        let text = concat!("fn a() {\n    // TO", "DO: the rest\n}");
        assert_eq!(errors("sim/src/a.rs", text).len(), 1);
        assert!(errors("sim/src/a.rs", text)[0].starts_with("sim/src/a.rs:2: "));
    }

    #[test]
    fn a_word_within_a_word_is_another_word() {
        assert_eq!(errors("sim/src/a.rs", concat!("const MAXXX", "X: u8 = 1; // METHOD TO", "DOS")), [""; 0]);
    }

    #[test]
    fn prose_may_speak_of_words_but_not_of_folders_elsewhere() {
        assert_eq!(errors("STYLE.md", concat!("No TO", "DO in a source.")), [""; 0]);
        assert_eq!(errors("STYLE.md", concat!("as /wo", "rk/main says")).len(), 1);
    }

    #[test]
    fn the_core_may_not_wait_but_a_test_peer_may() {
        let text = concat!("std::thread::sl", "eep(d);");
        assert_eq!(errors("acd-core/src/switch.rs", text).len(), 1);
        assert_eq!(errors("sim/src/caller.rs", text), [""; 0]);
    }

    #[test]
    fn the_wall_clock_is_read_in_one_place() {
        let text = concat!("let now = SystemTime::n", "ow();");
        assert_eq!(errors("acd-server/src/clock.rs", text), [""; 0]);
        assert_eq!(errors("acd-server/src/serve.rs", text).len(), 1);
    }
}
