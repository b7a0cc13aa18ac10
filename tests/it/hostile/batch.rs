//! Many cases in one run: a folder each, with the case between two good neighbours.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use tempfile::TempDir;

use super::LEAK;
use super::content::{Case, Expect};
use super::run::{Ran, check_json};

/// Cases that are linted together: more of them would have to share the steps that one file may take.
const TOGETHER: usize = 24;

pub struct Batch<'c> {
    cases: &'c [Case],
    timeout: &'static str,
    /// Limits beside the usual ones.
    limits: &'static [&'static str],
}

/// The folder of a case.
pub fn folder_name(case: &Case) -> String {
    format!("{}{}", case.name, case.extension.replace('.', "-"))
}

impl<'c> Batch<'c> {
    pub fn new(cases: &'c [Case]) -> Self {
        Self {
            cases,
            timeout: "60",
            limits: &[],
        }
    }

    /// As `--limit` takes them.
    pub fn with_limits(mut self, limits: &'static [&'static str]) -> Self {
        self.limits = limits;
        self
    }

    /// What is not as it must be, a line each.
    pub fn wrong(&self) -> Vec<String> {
        let parts = self.cases.chunks(TOGETHER);
        parts
            .flat_map(|cases| Batch { cases, ..*self }.wrong_together())
            .collect()
    }

    /// The seconds that one file may take.
    pub fn with_timeout(mut self, seconds: &'static str) -> Self {
        self.timeout = seconds;
        self
    }

    /// The same in one run. If it fails as a whole it is repeated in parts, to name the culprits.
    fn wrong_together(&self) -> Vec<String> {
        let ran = self.run();
        if ran.hung || ran.code != Some(1) {
            let whole = format!(
                "the whole run: code {:?}, hung: {}\n{}",
                ran.code,
                ran.hung,
                clipped(&ran.stderr())
            );
            if self.cases.len() == 1 {
                return vec![format!("{}: {whole}", folder_name(&self.cases[0]))];
            }
            let parts = self.cases.chunks(self.cases.len().div_ceil(4));
            let culprits = parts.flat_map(|cases| Batch { cases, ..*self }.wrong_together());
            return std::iter::once(whole).chain(culprits).collect();
        }
        let said = Said::of(&ran);
        self.cases.iter().filter_map(|case| said.verdict(case)).collect()
    }

    fn run(&self) -> Ran {
        let folder = TempDir::new().unwrap();
        let mut arguments = vec!["--file-timeout".to_owned(), self.timeout.to_owned(), ".".to_owned()];
        arguments.extend(
            self.limits
                .iter()
                .flat_map(|limit| ["--limit".to_owned(), (*limit).to_owned()]),
        );
        for case in self.cases {
            let name = folder_name(case);
            let own = folder.path().join(&name);
            fs::create_dir(&own).unwrap();
            fs::write(own.join("a.js"), LEAK).unwrap();
            fs::write(own.join(format!("m{}", case.extension)), &case.bytes).unwrap();
            fs::write(own.join("z.js"), LEAK).unwrap();
            if case.is_named {
                arguments.push(format!("{name}/m{}", case.extension));
            }
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        check_json(folder.path(), &arguments)
    }
}

/// What the program said of the files of a run.
struct Said {
    found: BTreeSet<String>,
    /// Kind and message by path.
    problems: BTreeMap<String, (String, String)>,
}

impl Said {
    fn of(ran: &Ran) -> Self {
        let problems = ran.problems().into_iter();
        Self {
            found: ran.found().into_iter().collect(),
            problems: problems.map(|(path, kind, message)| (path, (kind, message))).collect(),
        }
    }

    /// What is wrong with a case, if something is.
    fn verdict(&self, case: &Case) -> Option<String> {
        let name = folder_name(case);
        let is_found = |file: &str| self.found.contains(&format!("{name}/{file}"));
        if !is_found("a.js") || !is_found("z.js") {
            return Some(format!("{name}: a neighbour is lost"));
        }
        let own = format!("m{}", case.extension);
        let problem = self.problems.get(&format!("{name}/{own}"));
        let is_right = match (case.expect, problem) {
            (Expect::Finding, None) => is_found(&own),
            (Expect::Clean, None) => !is_found(&own),
            (Expect::Spoken | Expect::Bounded, None) => is_found(&own),
            (Expect::Bounded, Some((kind, _))) => kind == "limit",
            (Expect::Spoken, Some(_)) | (Expect::NoFault, None) => true,
            (Expect::NoFault, Some((kind, message))) => {
                kind != "timed-out" && (kind != "internal" || message.contains("(parser/"))
            }
            (Expect::Problem(kind, word), Some((given, message))) => kind == given && message.contains(word),
            _ => false,
        };
        let got = match problem {
            Some((kind, message)) => format!("{kind}: {}", clipped(message)),
            None if is_found(&own) => "a finding".to_owned(),
            None => "nothing".to_owned(),
        };
        (!is_right).then(|| format!("{name}: {:?} is expected, given is {got}", case.expect))
    }
}

fn clipped(text: &str) -> String {
    text.chars().take(300).collect()
}
