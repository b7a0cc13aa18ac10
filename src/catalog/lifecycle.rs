//! `[[lifecycle]]`: owners and their activations, from the schema into the model.

use super::compile::Compiler;
use super::effect::{Activation, AmbientLoss, Lifecycle, OwnerBody, OwnerPattern, Per, Runner, Runs};
use super::error::Problem;
use super::parse::place;
use super::pattern::ExportPath;
use super::schema::{ActivationSchema, LifecycleSchema, Texts};

const OWNER_HELP: &str = "an owner is `class extends pkg.Base`, `class decorator pkg.Name`, `class shape method`, \
    `object arg0 of pkg.call`, `object with 2`, `scope call pkg.hook` or `file *.vue`";

impl Compiler<'_> {
    pub fn lifecycle(&mut self, written: &LifecycleSchema) {
        let (rerun_setters, rerun) = self.reruns(&written.rerun);
        let lifecycle = Lifecycle {
            library: self.library,
            owners: self.each(&written.owner, owner_pattern),
            setup: self.words(&written.setup),
            rerun,
            teardown: self.words(&written.teardown),
            super_required: self.words(&written.super_required),
            orphan: self.words(&written.orphan),
            near: self.words(&written.near),
            members: self.words(&written.members),
            bases: self.words(&written.bases),
            state: self.words(&written.state),
            body: written.body.as_ref().map(|body| OwnerBody {
                per: body.per,
                has_teardown: body.teardown,
                server: body.server,
            }),
            hooks: self.callees_at(&written.hooks),
            shared: self.callees(&written.shared),
            ambient: self.callees(&written.ambient),
            ambient_lost: self.each(&written.ambient_lost, |_, word| ambient_loss(word)),
            public_rerun: written.public_rerun,
            injects: written.injects,
            rerun_setters,
            activations: written
                .activations
                .iter()
                .flat_map(|activation| self.activation(activation))
                .collect(),
            once_if: written
                .once_if
                .as_ref()
                .map(|once| (once.option.as_str().into(), once.value.as_str().into())),
        };
        let activations = lifecycle.activations.iter();
        self.catalog.runs.extend(activations.map(|activation| Runs {
            library: self.library,
            who: Runner::Callback {
                callee: activation.callee.clone(),
                at: activation.setup.clone(),
            },
            when: Vec::new(),
            per: Per::Activation,
            params: Vec::new(),
            now: false,
            owner: None,
        }));
        self.catalog.lifecycles.push(lifecycle);
    }

    /// `set pkg.Input` are setters with that decorator; the rest are names.
    fn reruns(&mut self, written: &Texts) -> (Vec<ExportPath>, Vec<Box<str>>) {
        let (setters, names): (Vec<_>, Vec<_>) = written
            .0
            .iter()
            .cloned()
            .partition(|text| text.get_ref().starts_with("set "));
        let setters = self.each(&Texts(setters), |compiler, text| {
            compiler.names.export(text.trim_start_matches("set "))
        });
        (setters, self.words(&Texts(names)))
    }

    fn activation(&mut self, written: &ActivationSchema) -> Vec<Activation> {
        let Some(setup) = self.place(&written.setup) else {
            return Vec::new();
        };
        let (teardown, hooks) = (self.places(&written.teardown), self.callees_at(&written.hooks));
        let callees = self.callees(&written.call).into_iter();
        callees
            .map(|callee| Activation {
                callee,
                setup: setup.clone(),
                teardown: teardown.clone(),
                hooks: hooks.clone(),
                null_teardown: written.null_teardown,
                again: written.again,
                phase: written.phase.as_deref().map(Into::into),
            })
            .collect()
    }
}

fn owner_pattern(compiler: &Compiler<'_>, text: &str) -> Result<OwnerPattern, Problem> {
    let bad = || Problem::new(format!("bad owner `{text}`")).help(OWNER_HELP);
    if let Some(base) = text.strip_prefix("class extends ") {
        return Ok(OwnerPattern::ClassExtends(compiler.names.export(base)?));
    }
    if let Some(decorator) = text.strip_prefix("class decorator ") {
        return Ok(OwnerPattern::ClassDecorator(compiler.names.export(decorator)?));
    }
    if let Some(method) = text.strip_prefix("class shape ") {
        return Ok(OwnerPattern::ClassShape(method.into()));
    }
    if let Some(call) = text.strip_prefix("scope call ") {
        return Ok(OwnerPattern::ScopeCall(compiler.names.callee(call)?));
    }
    if let Some(glob) = text.strip_prefix("file ") {
        return Ok(OwnerPattern::FileDefault(glob.into()));
    }
    if let Some(count) = text.strip_prefix("object with ") {
        return Ok(OwnerPattern::ObjectShape(count.parse().map_err(|_| bad())?));
    }
    let (at, call) = text
        .strip_prefix("object ")
        .and_then(|rest| rest.split_once(" of "))
        .ok_or_else(bad)?;
    Ok(OwnerPattern::ObjectArgument {
        callee: compiler.names.callee(call)?,
        at: place(at)?,
    })
}

fn ambient_loss(word: &str) -> Result<AmbientLoss, Problem> {
    match word {
        "after-await" => Ok(AmbientLoss::AfterAwait),
        "async-callback" => Ok(AmbientLoss::AsyncCallback),
        "event" => Ok(AmbientLoss::Event),
        _ => Err(Problem::unknown(
            "loss of the owner",
            word,
            ["after-await", "async-callback", "event"],
        )),
    }
}
