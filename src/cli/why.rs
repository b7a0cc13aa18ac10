//! `leaklint why FILE:LINE`: the whole story of a line, also where nothing is reported.

use std::io::{self, Write};
use std::path::PathBuf;

use super::args::WhyArguments;
use super::{CLEAN, CliError, current_dir, output};
use crate::diagnostic::Place;
use crate::driver::CheckOptions;
use crate::driver::why::{Shown, Told, tell};
use crate::project::story::Story;
use crate::walk::normalized;

pub(super) fn run(arguments: &WhyArguments) -> Result<i32, CliError> {
    let mut options = CheckOptions::new(vec![arguments.place.file.clone()], current_dir()?);
    options.configuration = arguments.config.choice(&options.current_dir);
    options.baseline = arguments.baseline.choice(&options.current_dir);
    options.context = !arguments.no_context;
    let file = normalized(&options.current_dir.join(&arguments.place.file));
    let line = arguments.place.line;
    let not_analysed = |reason: &str| CliError::NotAnalysed {
        path: arguments.place.file.clone(),
        reason: reason.to_owned(),
    };
    let Some(told) = tell(&options, &file, line)? else {
        return Err(not_analysed("it was left out, or could not be parsed"));
    };
    output::to_stdout(|out| write(&told, line, out))?;
    Ok(CLEAN)
}

fn write(told: &Told, line: u32, out: &mut dyn Write) -> io::Result<()> {
    for (diagnostic, shown) in &told.findings {
        let became = match shown {
            Shown::Reported => "reported".to_owned(),
            Shown::Suppressed => "found, and suppressed by a comment".to_owned(),
            Shown::Off => "found, and not shown: the configuration switches the rule off".to_owned(),
            Shown::Below(asked) => format!(
                "found, and not shown: {asked} confidence is asked for; `leaklint check --min-confidence {}` shows it",
                diagnostic.confidence
            ),
            Shown::Known => "found, and known to the baseline".to_owned(),
        };
        let rule = format!("{} (confidence: {})", diagnostic.rule, diagnostic.confidence);
        writeln!(out, "{rule}: {}\n  {became}", visible(&diagnostic.message))?;
        for (index, label) in diagnostic.evidence.iter().enumerate() {
            writeln!(
                out,
                "  {}. {}: {}",
                index + 1,
                at(told, label.place),
                visible(&label.text)
            )?;
        }
        writeln!(out)?;
    }
    for story in &told.stories {
        write_story(told, story, out)?;
    }
    if let Some(said) = told.standing.said() {
        writeln!(out, "{said}")?;
    }
    if told.standing.is_test() {
        return Ok(());
    }
    if told.findings.is_empty() && told.stories.is_empty() {
        writeln!(
            out,
            "nothing that leaklint knows is acquired on line {line}, and no container grows there"
        )?;
    } else if told.findings.is_empty() {
        let excuses: Vec<&str> = told
            .stories
            .iter()
            .flat_map(|story| &story.excuses)
            .map(String::as_str)
            .collect();
        match excuses.first() {
            Some(first) => writeln!(out, "nothing is reported: {}", visible(first))?,
            None => writeln!(
                out,
                "nothing is reported: what is known does not suffice to call it a leak"
            )?,
        }
    }
    Ok(())
}

fn write_story(told: &Told, story: &Story, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}: {}", at(told, story.place), visible(&story.what))?;
    for (text, place) in &story.steps {
        match place {
            Some(place) => writeln!(out, "  - {} ({})", visible(text), at(told, *place))?,
            None => writeln!(out, "  - {}", visible(text))?,
        }
    }
    writeln!(out)
}

fn at(told: &Told, place: Place) -> String {
    let file = &told.outcome.files[place.file.index()];
    let position = file.source().position(place.span.start);
    format!("{}:{}:{}", visible(file.shown()), position.line, position.column)
}

fn visible(text: &str) -> String {
    crate::report::visible(text).into_owned()
}

/// `src/a.js:12`, and what follows a second colon, as editors write it, is dropped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileLine {
    pub file: PathBuf,
    pub line: u32,
}

impl std::str::FromStr for FileLine {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |text: &str| text.parse::<u32>().ok().filter(|number| *number > 0);
        let (before, last) = text.rsplit_once(':').ok_or("not of the form `FILE:LINE`")?;
        let column_dropped = before
            .rsplit_once(':')
            .and_then(|(file, line)| Some((file, number(line)?)));
        let (file, line) = match (column_dropped, number(last)) {
            (Some(place), Some(_)) => place,
            (None, Some(line)) => (before, line),
            (_, None) => return Err("the line is a number from 1 on".to_owned()),
        };
        Ok(Self {
            file: PathBuf::from(file),
            line,
        })
    }
}
