//! A configuration as it is meant: what it extends is merged in, patterns are compiled, every word is checked.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::globs::{BadGlob, Globs};
use super::mistake::Mistake;
use super::options::{Level, RuleOptions};
use super::read::{Document, Part, Step};
use super::{DEFAULT_TESTS, PACKAGE_FIELD, PACKAGE_FILE};
use crate::diagnostic::Confidence;
use crate::spelling::advice;

/// Unknown rules of one place that are named; nobody reads more of them.
const MAX_UNKNOWN: usize = 20;

/// What is shown without being asked for more.
pub const DEFAULT_CONFIDENCE: Confidence = Confidence::Medium;

/// What holds for the files of one configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The configuration; `None` where there is none.
    pub path: Option<PathBuf>,
    /// What it extends, the nearest last.
    pub extended: Vec<PathBuf>,
    include: Option<(Globs, Origin)>,
    exclude: Option<(Globs, Origin)>,
    tests: (Globs, Origin),
    rules: BTreeMap<String, RuleSetting>,
    min_confidence: Option<(Confidence, Origin)>,
    /// Files that describe libraries, absolute.
    pub catalog: Vec<PathBuf>,
    pub require_reasons: bool,
    /// Absolute.
    pub baseline: Option<PathBuf>,
    overrides: Vec<OverrideSetting>,
}

/// Where something is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    Default,
    File(PathBuf),
    /// The n-th exception of a file, from 0.
    Override(PathBuf, usize),
    CommandLine,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File(path) => write!(f, "{}", path.display()),
            Origin::Override(path, index) => write!(f, "{} overrides[{index}]", path.display()),
            Origin::CommandLine => f.write_str("command line"),
        }
    }
}

/// Patterns as they are written.
#[derive(Clone, Copy, Debug)]
pub struct Patterns<'a> {
    pub key: &'static str,
    pub patterns: &'a [String],
    pub origin: &'a Origin,
}

/// What is said of a rule, and where; what is not said is the rule's own.
#[derive(Clone, Debug, Default)]
pub struct RuleSetting {
    pub level: Option<(Level, Origin)>,
    pub min_confidence: Option<(Confidence, Origin)>,
}

#[derive(Clone, Debug)]
struct OverrideSetting {
    files: Globs,
    rules: BTreeMap<String, RuleSetting>,
    min_confidence: Option<(Confidence, Origin)>,
}

/// What holds for one file.
#[derive(Clone, Debug)]
pub struct FileSettings {
    rules: BTreeMap<String, RuleSetting>,
    pub min_confidence: (Confidence, Origin),
}

impl FileSettings {
    /// What is said of a rule.
    pub fn rule(&self, id: &str) -> RuleSetting {
        self.rules.get(id).cloned().unwrap_or_default()
    }

    /// From which confidence on a rule's findings are reported.
    pub fn threshold(&self, id: &str) -> (Confidence, Origin) {
        let own = self.rules.get(id).and_then(|rule| rule.min_confidence.clone());
        own.unwrap_or_else(|| self.min_confidence.clone())
    }
}

impl Settings {
    /// What holds without a configuration, for patterns relative to `folder`.
    pub(super) fn none(folder: &Path) -> Self {
        let tests: Vec<String> = DEFAULT_TESTS.map(str::to_owned).to_vec();
        let Ok(tests) = Globs::new(folder, &tests) else {
            unreachable!("the default patterns are patterns");
        };
        Self {
            path: None,
            extended: Vec::new(),
            include: None,
            exclude: None,
            tests: (tests, Origin::Default),
            rules: BTreeMap::new(),
            min_confidence: None,
            catalog: Vec::new(),
            require_reasons: true,
            baseline: None,
            overrides: Vec::new(),
        }
    }

    /// Whether the file is read when nobody names it.
    pub fn reads(&self, file: &Path) -> bool {
        self.include.as_ref().is_none_or(|(globs, _)| globs.has(file))
            && !self.exclude.as_ref().is_some_and(|(globs, _)| globs.has(file))
    }

    pub fn is_test(&self, file: &Path) -> bool {
        self.tests.0.has(file)
    }

    /// The patterns of the files that are read, left out, and tests, as far as they are there.
    pub fn patterns(&self) -> Vec<Patterns<'_>> {
        let all = [
            ("include", self.include.as_ref()),
            ("exclude", self.exclude.as_ref()),
            ("tests", Some(&self.tests)),
        ];
        let said = all.into_iter().filter_map(|(key, said)| Some((key, said?)));
        said.map(|(key, (globs, origin))| Patterns {
            key,
            patterns: &globs.patterns,
            origin,
        })
        .collect()
    }

    /// What holds for a file, exceptions included.
    pub fn of_file(&self, file: &Path) -> FileSettings {
        let default = (DEFAULT_CONFIDENCE, Origin::Default);
        let mut settings = FileSettings {
            rules: self.rules.clone(),
            min_confidence: self.min_confidence.clone().unwrap_or(default),
        };
        for exception in self.overrides.iter().filter(|each| each.files.has(file)) {
            add_rules(&mut settings.rules, &exception.rules);
            if let Some(confidence) = &exception.min_confidence {
                settings.min_confidence = confidence.clone();
            }
        }
        settings
    }

    /// Takes over what a configuration says; what was there before is what it extends.
    pub(super) fn apply(&mut self, document: &Document, known_rules: &[&str]) -> Result<(), Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let folder = document.path.parent().unwrap_or(Path::new(""));
        let options = &document.options;
        let origin = || Origin::File(document.path.clone());
        if let Some(before) = self.path.replace(document.path.clone()) {
            self.extended.push(before);
        }
        let mut globs = |key: &str, patterns: &Option<Vec<String>>| {
            let compiled = Globs::new(folder, patterns.as_ref()?);
            match compiled {
                Ok(globs) => Some((globs, origin())),
                Err(bad) => {
                    mistakes.push(of_glob(document, &[key.into()], bad));
                    None
                }
            }
        };
        let include = globs("include", &options.include);
        let exclude = globs("exclude", &options.exclude);
        let tests = globs("tests", &options.tests);
        self.include = include.or_else(|| self.include.take());
        self.exclude = exclude.or_else(|| self.exclude.take());
        if let Some(tests) = tests {
            self.tests = tests;
        }
        add_rules(&mut self.rules, &rules(&options.rules, &origin()));
        unknown_rules(document, &["rules".into()], &options.rules, known_rules, &mut mistakes);
        if let Some(word) = options.min_confidence {
            self.min_confidence = Some((word.into(), origin()));
        }
        if let Some(require) = options.require_reasons {
            self.require_reasons = require;
        }
        for (index, exception) in options.overrides.iter().enumerate() {
            let steps = [Step::from("overrides"), index.into()];
            let within = |key: &str| [steps.as_slice(), &[key.into()]].concat();
            unknown_rules(document, &within("rules"), &exception.rules, known_rules, &mut mistakes);
            let origin = Origin::Override(document.path.clone(), index);
            match Globs::new(folder, &exception.files) {
                Ok(files) => self.overrides.push(OverrideSetting {
                    files,
                    rules: rules(&exception.rules, &origin),
                    min_confidence: exception.min_confidence.map(|word| (word.into(), origin)),
                }),
                Err(bad) => mistakes.push(of_glob(document, &within("files"), bad)),
            }
        }
        if mistakes.is_empty() { Ok(()) } else { Err(mistakes) }
    }

    /// The configuration as people write it: `package.json#leaklint` for a field.
    pub fn shown_path(&self) -> Option<String> {
        let path = self.path.as_ref()?;
        let is_package = path.file_name().is_some_and(|name| name == PACKAGE_FILE);
        Some(match is_package {
            true => format!("{}#{PACKAGE_FIELD}", path.display()),
            false => path.display().to_string(),
        })
    }
}

fn rules(written: &BTreeMap<String, RuleOptions>, origin: &Origin) -> BTreeMap<String, RuleSetting> {
    let setting = |options: &RuleOptions| RuleSetting {
        level: options.0.level.map(|level| (level, origin.clone())),
        min_confidence: options.0.min_confidence.map(|word| (word.into(), origin.clone())),
    };
    written
        .iter()
        .map(|(id, options)| (id.clone(), setting(options)))
        .collect()
}

/// Adds what is newly said; what is not said again stays.
fn add_rules(rules: &mut BTreeMap<String, RuleSetting>, more: &BTreeMap<String, RuleSetting>) {
    for (id, setting) in more {
        let rule = rules.entry(id.clone()).or_default();
        if setting.level.is_some() {
            rule.level = setting.level.clone();
        }
        if setting.min_confidence.is_some() {
            rule.min_confidence = setting.min_confidence.clone();
        }
    }
}

fn unknown_rules(
    document: &Document,
    steps: &[Step],
    written: &BTreeMap<String, RuleOptions>,
    known: &[&str],
    mistakes: &mut Vec<Mistake>,
) {
    let unknown = written.keys().filter(|id| !known.contains(&id.as_str()));
    for id in unknown.take(MAX_UNKNOWN) {
        let steps = [steps, &[Step::from(id.as_str())]].concat();
        mistakes.push(document.at(
            &steps,
            Part::Key,
            format!("unknown rule `{id}`"),
            Some(advice(id, known)),
        ));
    }
}

fn of_glob(document: &Document, steps: &[Step], bad: BadGlob) -> Mistake {
    let steps = [steps, &[bad.index.into()]].concat();
    document.at(&steps, Part::Value, bad.message, bad.help.map(str::to_owned))
}
