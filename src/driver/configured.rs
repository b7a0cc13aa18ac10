//! What the configurations of a run's files make of it: which files are read, which are tests, which libraries are known,
//! which findings are wanted.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::plan::Input;
use super::{CheckError, CheckOptions, Outcome, rule_infos};
use crate::catalog::Catalog;
use crate::catalog::builtin::{FILES, builtin};
use crate::catalog::error::CatalogError;
use crate::catalog::load::load;
use crate::config::discover::Configurations;
use crate::config::mistake::Mistake;
use crate::config::settings::{FileSettings, Origin, Settings};
use crate::diagnostic::{Confidence, Diagnostic, RuleInfo};
use crate::overlay::Overlay;
use crate::source::decode;

/// The configurations for files in these folders.
pub(super) fn configurations<'f>(
    options: &CheckOptions,
    folders: impl IntoIterator<Item = &'f Path>,
) -> Result<Configurations, CheckError> {
    let known: Vec<&str> = rule_infos().iter().map(|rule| rule.id).collect();
    let found = Configurations::find(
        &options.configuration,
        folders,
        &options.current_dir,
        &options.overlay,
        &known,
    );
    found.map_err(CheckError::Configuration)
}

/// The configurations of the inputs, and the inputs that they leave.
pub(super) fn left(options: &CheckOptions, inputs: Vec<Input>) -> Result<(Configurations, Vec<Input>), CheckError> {
    let mut folders: Vec<&Path> = inputs.iter().filter_map(|input| input.file.disk.parent()).collect();
    folders.dedup();
    let configurations = configurations(options, folders)?;
    let is_left = |input: &Input| {
        let is_asked_for = input.file.named && !input.is_context && !options.force_exclude;
        is_asked_for || configurations.of(&input.file.disk).reads(&input.file.disk)
    };
    let mut inputs: Vec<Input> = inputs.into_iter().filter(is_left).collect();
    if options.force_exclude {
        inputs.iter_mut().for_each(|input| input.file.named = false);
    }
    Ok((configurations, inputs))
}

/// The built-in catalogue with the files that the configurations name.
pub(super) fn catalog(files: &[PathBuf], overlay: &Overlay) -> Result<Cow<'static, Catalog>, CheckError> {
    if files.is_empty() {
        return Ok(Cow::Borrowed(builtin()));
    }
    let mut own: Vec<(String, String)> = Vec::new();
    for path in files {
        let text = overlay.read_configuration(path).map_err(|error| error.to_string());
        let text = text.and_then(|bytes| decode(bytes).map_err(|error| error.to_string()));
        match text {
            Ok(text) => own.push((path.to_string_lossy().into_owned(), text)),
            Err(error) => {
                return Err(CheckError::Configuration(vec![Mistake {
                    path: path.clone(),
                    text: String::new(),
                    span: 0..0,
                    message: format!("cannot be read: {error}"),
                    help: None,
                }]));
            }
        }
    }
    let mut all = FILES.to_vec();
    all.extend(own.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let mistake = |error: CatalogError| {
        let text = own.iter().find(|(name, _)| *name == error.file);
        Mistake {
            path: PathBuf::from(&error.file),
            text: text.map(|(_, text)| text.clone()).unwrap_or_default(),
            span: error.span,
            message: error.message,
            help: error.help,
        }
    };
    match load(&all) {
        Ok(catalog) => Ok(Cow::Owned(catalog)),
        Err(errors) => Err(CheckError::Configuration(errors.into_iter().map(mistake).collect())),
    }
}

/// The findings that are wanted, each as severe as it is wanted, and how many were left out for their confidence alone.
pub(super) fn wanted(
    diagnostics: Vec<Diagnostic>,
    outcome: &Outcome,
    options: &CheckOptions,
) -> (Vec<Diagnostic>, usize) {
    let mut below = 0;
    let mut wanted = Vec::new();
    let mut current: Option<(usize, FileSettings)> = None;
    for mut diagnostic in diagnostics {
        let index = diagnostic.primary.place.file.index();
        let file = &outcome.files[index];
        if file.is_context || !(options.rules.is_empty() || options.rules.iter().any(|rule| rule == diagnostic.rule)) {
            continue;
        }
        // Findings come by file: the settings of one serve all of it.
        let settings = match &mut current {
            Some((at, settings)) if *at == index => settings,
            _ => {
                &mut current
                    .insert((index, outcome.configurations.of(file.disk()).of_file(file.disk())))
                    .1
            }
        };
        if let Some((level, _)) = settings.rule(diagnostic.rule).level {
            match level.severity() {
                Some(severity) => diagnostic.severity = severity,
                None => continue,
            }
        }
        let threshold = options.min_confidence.unwrap_or(settings.threshold(diagnostic.rule).0);
        if diagnostic.confidence >= threshold {
            wanted.push(diagnostic);
        } else {
            below += 1;
        }
    }
    (wanted, below)
}

/// What holds for one file, and why: for people who ask.
#[derive(Clone, Debug)]
pub struct Explained {
    /// Absolute.
    pub file: PathBuf,
    pub settings: Settings,
    pub of_file: FileSettings,
    pub is_read: bool,
    pub is_test: bool,
    pub min_confidence: (Confidence, Origin),
    pub rules: Vec<RuleInfo>,
}

pub(super) fn explained(options: &CheckOptions, file: &Path) -> Result<Explained, CheckError> {
    let configurations = configurations(options, file.parent())?;
    let settings = Settings::clone(configurations.of(file));
    // Mistakes in what it names are shown too.
    catalog(&settings.catalog, &options.overlay)?;
    let of_file = settings.of_file(file);
    let asked = options
        .min_confidence
        .map(|confidence| (confidence, Origin::CommandLine));
    Ok(Explained {
        file: file.to_path_buf(),
        is_read: settings.reads(file),
        is_test: settings.is_test(file),
        min_confidence: asked.unwrap_or_else(|| of_file.min_confidence.clone()),
        of_file,
        settings,
        rules: rule_infos(),
    })
}
