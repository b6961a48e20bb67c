//! Dependencies point inward (ARCHITECTURE.md, invariant 7).

use serde_json::Value;

use super::Findings;
use crate::workspace;

/// Which of ours each of ours may depend on, in any way.
const LAYERS: [(&str, &[&str]); 10] = [
    ("acd-core", &[]),
    ("acd-proto", &["acd-core"]),
    ("recorder", &["acd-core"]),
    ("reports", &["acd-core"]),
    ("sip-gateway", &["acd-core"]),
    ("acd-server", &["acd-core", "acd-proto", "recorder", "reports", "sip-gateway"]),
    ("sim", &["acd-core", "acd-proto", "recorder", "reports"]),
    ("benches", &["acd-core"]),
    ("e2e", &[]),
    ("xtask", &[]),
];

/// Libraries that only some of ours may use in what they ship: the simulator's SIP must not be the switch's
/// (a mistake made on both sides hides), and the core stays without threads and metrics.
const KEPT_TO: [(&str, &[&str]); 1] = [("rsip", &["sim", "e2e"])];

/// One crate of the workspace.
#[derive(Debug)]
pub(crate) struct Member {
    /// Its name.
    pub(crate) name: String,
    /// What it depends on.
    pub(crate) dependencies: Vec<Dependency>,
}

/// One dependency.
#[derive(Debug)]
pub(crate) struct Dependency {
    /// Of which crate.
    pub(crate) name: String,
    /// Whether only tests see it.
    pub(crate) dev: bool,
}

/// Asks cargo for the members and their dependencies.
///
/// # Errors
/// If cargo fails or answers something else than its documented format.
pub(crate) fn read_members() -> Result<Vec<Member>, String> {
    let output = workspace::cargo()
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .output()
        .map_err(|error| format!("cannot run cargo metadata: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("cargo metadata is no JSON: {error}"))?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata names no packages")?;
    Ok(packages.iter().map(member).collect())
}

fn member(package: &Value) -> Member {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let dependencies = package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default();
    Member {
        name: text(&package["name"]),
        dependencies: dependencies
            .iter()
            .map(|one| Dependency { name: text(&one["name"]), dev: one["kind"] == "dev" })
            .collect(),
    }
}

/// Reports every dependency that points outward.
pub(crate) fn check(members: &[Member], found: &mut Findings) {
    for member in members {
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == member.name) else {
            found.error(format!(
                "{}: unknown to xtask/src/tidy/layers.rs; say there what it may depend on",
                member.name
            ));
            continue;
        };
        for dependency in &member.dependencies {
            let ours = LAYERS.iter().any(|(name, _)| *name == dependency.name);
            if ours && !allowed.contains(&dependency.name.as_str()) {
                found.error(format!(
                    "{} depends on {}; it may only on: {} (ARCHITECTURE.md, invariant 7)",
                    member.name,
                    dependency.name,
                    if allowed.is_empty() { "none of ours".into() } else { allowed.join(", ") }
                ));
            }
            let kept = KEPT_TO.iter().find(|(name, _)| *name == dependency.name);
            if let Some((name, homes)) = kept
                && !dependency.dev
                && !homes.contains(&member.name.as_str())
            {
                found.error(format!(
                    "{} depends on {name}, which is kept to {} and tests",
                    member.name,
                    homes.join(", ")
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(name: &str, on: &str, dev: bool) -> usize {
        let dependencies = vec![Dependency { name: on.into(), dev }];
        let mut found = Findings::default();
        check(&[Member { name: name.into(), dependencies }], &mut found);
        found.errors.len()
    }

    #[test]
    fn dependencies_that_point_inward_are_fine() {
        assert_eq!(errors("acd-server", "sip-gateway", false), 0);
        assert_eq!(errors("reports", "acd-core", false), 0);
        assert_eq!(errors("acd-core", "proptest", true), 0);
    }

    #[test]
    fn edges_do_not_know_each_other_and_the_core_knows_nobody() {
        assert_eq!(errors("recorder", "sip-gateway", false), 1);
        assert_eq!(errors("acd-core", "acd-proto", true), 1);
        assert_eq!(errors("sim", "sip-gateway", false), 1);
        assert_eq!(errors("e2e", "acd-server", true), 1);
    }

    #[test]
    fn the_simulator_s_sip_is_not_the_switch_s() {
        assert_eq!(errors("sip-gateway", "rsip", false), 1);
        assert_eq!(errors("sip-gateway", "rsip", true), 0);
        assert_eq!(errors("sim", "rsip", false), 0);
    }

    #[test]
    fn a_crate_without_a_place_is_named() {
        assert_eq!(errors("new-crate", "serde", false), 1);
    }

    #[test]
    fn cargo_s_answer_is_read() {
        let package = serde_json::json!({
            "name": "a", "dependencies": [{"name": "b", "kind": null}, {"name": "c", "kind": "dev"}]
        });
        let member = member(&package);
        let read: Vec<_> = member.dependencies.iter().map(|one| (one.name.as_str(), one.dev)).collect();
        assert_eq!((member.name.as_str(), read), ("a", vec![("b", false), ("c", true)]));
    }
}
