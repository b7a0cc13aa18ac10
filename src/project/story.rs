//! What the analysis believes of the things a line acquires and of the containers it fills, in words for people: also where
//! it is silent, and then why.

use crate::catalog::effect::Resource;
use crate::diagnostic::{FileId, Label, Place};

use super::Project;
use super::acquisition::Acquisition;
use super::duty::{Engine, Release, To};
use super::elsewhere::Elsewhere;
use super::lives::Life;
use super::region::Region;
use super::repetition::Repeats;

/// What is known of one thing.
#[derive(Clone, Debug)]
pub struct Story {
    /// What it is, with the user's words in backticks.
    pub what: String,
    pub place: Place,
    /// What is known of it, in the order of the argument; some of it at a place.
    pub steps: Vec<(String, Option<Place>)>,
    /// What alone would make it no leak; empty if nothing does.
    pub excuses: Vec<String>,
}

/// What a file is to those who run the project.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    Product,
    ConfiguredTest,
    /// It hands functions to a test runner and is of no use to other files.
    Test,
    /// It loads a test runner, and only tests load it.
    TestHelper,
    /// Its package says what it ships, and that is not among it.
    Unshipped,
}

impl Standing {
    pub fn of(project: &Project<'_>, file: FileId) -> Self {
        if project.files[file.index()].is_test {
            Self::ConfiguredTest
        } else if project.development.is_helper(file) {
            Self::TestHelper
        } else if project.development.is_test(file) {
            Self::Test
        } else if project.development.is_unshipped(file) {
            Self::Unshipped
        } else {
            Self::Product
        }
    }

    pub fn is_test(self) -> bool {
        matches!(self, Self::ConfiguredTest | Self::Test | Self::TestHelper)
    }

    /// What that makes of the findings in it; `None` if nothing.
    pub fn said(self) -> Option<&'static str> {
        match self {
            Self::Product => None,
            Self::ConfiguredTest => Some("the file is a test by the configuration: nothing in it is reported"),
            Self::Test => Some(
                "the file exports nothing and hands functions to a test runner, so it is a test: nothing in it is reported",
            ),
            Self::TestHelper => Some(
                "the file loads a test runner and only tests load it, so it is a part of them: nothing in it is reported",
            ),
            Self::Unshipped => Some(
                "`files` of its package.json leaves the file out, and no entry point of the package loads it: what is found \
                 in it is of low confidence",
            ),
        }
    }
}

/// The stories of the acquisitions and growing lines of a file for whose place `is_here` holds.
pub fn stories(project: &Project<'_>, file: FileId, is_here: impl Fn(Place) -> bool) -> Vec<Story> {
    let mut engine = Engine::default();
    let acquisitions = project.acquisitions();
    let of_file = acquisitions.iter().filter(|acquisition| acquisition.call.file == file);
    let mut told: Vec<Story> = of_file
        .filter(|acquisition| is_here(project.place(file, project.call(acquisition.call).span)))
        .map(|acquisition| of_acquisition(project, &mut engine, acquisition))
        .collect();
    for (seen, is_bounded) in project.growing_lines() {
        if seen.site.place.file != file || !is_here(seen.site.place) {
            continue;
        }
        let mut story = Story {
            what: format!("`{}` grows here", project.describe(seen.site.named)),
            place: seen.site.place,
            steps: Vec::new(),
            excuses: Vec::new(),
        };
        match seen.life {
            Life::Process => story.say("it lives as long as the process"),
            Life::Object(_) => {
                story.say("it lives as long as an object, of which nothing in view says how long that is")
            }
            Life::Short => story.excuse("it ends with a call, a request or an object that is made again"),
        }
        let repeats = project.repeats_at(seen.site.function, seen.site.index);
        story.add_repeats(&repeats);
        match is_bounded {
            true => story.excuse("something bounds it: a test of its size, a removal, or keys of a fixed set"),
            false => story.say("nothing in view bounds it"),
        }
        told.push(story);
    }
    told.sort_by_key(|story| story.place);
    told
}

fn of_acquisition(project: &Project<'_>, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Story {
    let fact = project.call(acquisition.call);
    let callee = project.describe(acquisition.call.with(fact.callee));
    let mut story = Story {
        what: format!("`{callee}` acquires {}", thing(acquisition.resource())),
        place: project.place(acquisition.call.file, fact.span),
        steps: Vec::new(),
        excuses: Vec::new(),
    };
    if let Some(holder) = project.holder_expr(acquisition) {
        let name = project.describe(holder);
        match project.region_of(holder, acquisition.function) {
            Region::Process => story.say(&format!("`{name}` holds it and lives as long as the process")),
            Region::Outlives => story.say(&format!("`{name}` holds it and outlives the request or event")),
            Region::Owner(_) => story.excuse(&format!("`{name}` holds it and is the object itself")),
            Region::Owned(_) => story.excuse(&format!("`{name}` holds it and ends with the object that made it")),
            Region::Injected(..) | Region::Given(_) => {
                story.say(&format!("`{name}` holds it, is handed in, and may live longer"));
            }
            Region::Activation => story.excuse(&format!("`{name}` holds it and ends with this call, request or event")),
            Region::Unknown => story.excuse(&format!("`{name}` holds it, and how long that lives is not known")),
        }
    }
    story.add_repeats(&project.repeats_call(acquisition.call));
    match engine.release(project, acquisition) {
        Release::Always => story.excuse("it is given back on every way out"),
        Release::Sometimes { missed, .. } => {
            story.say("it is given back on some ways out, not on these");
            for (function, index) in missed.iter().filter_map(|missed| missed.leaves) {
                let span = project.function(function).spans[index as usize];
                story.at("control leaves here without it", project.place(function.file, span));
            }
        }
        Release::Never => story.say("nothing gives it back in the code that runs from here"),
        Release::Escapes(To::Caller) => story.say("it is handed to the caller"),
        Release::Escapes(To::Owner) => story.say("it is kept in a field, a container or a variable that lives on"),
        Release::Escapes(To::Unknown) => story.excuse("it is handed to code that is not in view"),
    }
    if let Elsewhere::Released(calls) = project.released_elsewhere(acquisition) {
        story.excuse("other code gives it back, or may");
        for call in calls {
            let fact = project.call(call);
            let callee = project.describe(call.with(fact.callee));
            story.at(
                &format!("`{callee}` gives it back, or may"),
                project.place(call.file, fact.span),
            );
        }
    }
    story
}

impl Story {
    fn say(&mut self, text: &str) {
        self.steps.push((text.to_owned(), None));
    }

    fn at(&mut self, text: &str, place: Place) {
        self.steps.push((text.to_owned(), Some(place)));
    }

    /// Says what would alone make it no leak.
    fn excuse(&mut self, text: &str) {
        self.say(text);
        self.excuses.push(text.to_owned());
    }

    fn add_repeats(&mut self, repeats: &Repeats) {
        let mut labels = |labels: &[Label]| {
            for label in labels {
                self.steps.push((label.text.clone(), Some(label.place)));
            }
        };
        match repeats {
            Repeats::Many(why) | Repeats::Often(why) => labels(why),
            Repeats::Once => self.excuse("the line runs once in the life of the process"),
            Repeats::PerOwner(_) => self.say("the line runs once for each object"),
            Repeats::PerCall(_) => self.say("the line runs at each call of a function that others call"),
            Repeats::Unknown => self.say("nothing in view calls this code"),
        }
    }
}

fn thing(resource: Resource) -> &'static str {
    match resource {
        Resource::Listener => "a listener",
        Resource::Interval => "an interval",
        Resource::Timeout => "a timeout",
        Resource::Connection => "a connection",
        Resource::Handle => "a handle",
        Resource::Client => "a client",
        Resource::Observer => "an observer",
        Resource::Subscription => "a subscription",
        Resource::ObjectUrl => "an object URL",
        Resource::Entry => "an entry",
    }
}
