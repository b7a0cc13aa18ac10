//! Which growing containers are leaks: what is added comes from outside, the line repeats, and nothing bounds it.

use crate::catalog::effect::Origin;

use super::Project;
use super::confidence::{Grade, confidence};
use super::container::{ContainerUse, Form, GrowthSite};
use super::guard;
use super::model::Growth;
use super::repetition::Repeats;

impl Project<'_> {
    /// Every line that grows a container without bound.
    pub fn growths(&self) -> Vec<Growth> {
        self.containers().values().filter(|usage| !usage.is_bounded && !usage.escapes).flat_map(|usage| self.growths_of(usage)).collect()
    }

    fn growths_of(&self, usage: &ContainerUse) -> Vec<Growth> {
        usage.sites.iter().filter_map(|site| self.growth(site)).collect()
    }

    fn growth(&self, site: &GrowthSite) -> Option<Growth> {
        if self.is_module(site.function) || guard::is_idempotent(self, site.function, site.index) && matches!(site.form, Form::Element(_)) {
            return None;
        }
        let origin = self.growth_origin(site);
        let origin_grade = match origin {
            Origin::External | Origin::PerCall => Grade::First,
            Origin::Parameter => Grade::Second,
            Origin::Class | Origin::Config | Origin::Finite => Grade::Third,
        };
        let (repeat_grade, why) = match self.repeats_at(site.function, site.index) {
            Repeats::Once => return None,
            Repeats::Many(why) => (Grade::First, why),
            Repeats::Often(why) => (Grade::Second, why),
            Repeats::PerCall(_) | Repeats::PerOwner(_) => (Grade::Second, Vec::new()),
            Repeats::Unknown => (Grade::Third, Vec::new()),
        };
        let exported = if self.is_exported_container(site.container) { Grade::Second } else { Grade::First };
        let (added, is_keyed) = match site.form {
            Form::Keyed(key) => (self.describe(key), true),
            Form::Element(element) => (self.describe(element), false),
        };
        Some(Growth {
            name: self.describe(site.named),
            kind: self.container_kind(site.container),
            place: crate::diagnostic::Place { file: site.place.file, span: Self::short(site.place.span) },
            made_at: self.container_place(site.container),
            why,
            origin,
            added,
            is_keyed,
            confidence: confidence(&[origin_grade, repeat_grade, exported]),
        })
    }
}
