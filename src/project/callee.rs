//! What a call calls by name: the last name of its callee, whatever the call itself writes.

use crate::facts::expr::{Expr, LogicalOperator};

use super::Project;
use super::path::{CallRef, ExprRef, Path, Root, Step};

/// Names that stand in for one another in one callee, before it counts as undecided.
const MAX_STAND_INS: usize = 8;

impl Project<'_> {
    /// The last name of the callee, as the catalogue keeps it: `on` of `this.socket.on`, `setInterval`, the exported name
    /// of an import or a global whatever it is called here, and nothing (`""`) for a default export.
    pub fn callee_name(&self, call: CallRef) -> Option<&str> {
        let facts = self.facts(call.file);
        let callee = call.with(self.call(call).callee);
        match *facts.expr(callee.id) {
            Expr::Member { name, .. } | Expr::Global(name) => Some(facts.name(name)),
            // `require("express")()`.
            Expr::Module(_) | Expr::Import { .. } => match self.path(callee).root {
                Root::Package(_) => Some(""),
                _ => None,
            },
            Expr::Binding(binding) => Some(match self.called_path(callee) {
                path if !self.own.of(&path).is_empty() => self.own.of(&path)[0].last(),
                path => self
                    .foreign_name(&path)
                    .unwrap_or(facts.name(facts.binding(binding).name)),
            }),
            // `new (window.AudioContext || window.webkitAudioContext)()`.
            Expr::Logical { .. } | Expr::Cast { .. } => self.foreign_name(&self.called_path(callee)),
            _ => None,
        }
    }

    /// What a callee names: of what stands in for one another (`window.AudioContext || window.webkitAudioContext`) the
    /// first, which is there unless the platform is old.
    pub fn called_path(&self, callee: ExprRef) -> Path {
        let mut path = self.path(callee);
        // A field may stand in for itself (`this.run = this.run || run`).
        for _ in 0..MAX_STAND_INS {
            let Root::Choice(choice) = path.root else { break };
            match *self.expr(choice) {
                Expr::Logical {
                    operator: LogicalOperator::Or | LogicalOperator::Nullish,
                    left,
                    ..
                } if path.is_root() => path = self.path(choice.with(left)),
                _ => break,
            }
        }
        path
    }

    /// The last name of something of a package or of the platform.
    fn foreign_name(&self, path: &Path) -> Option<&str> {
        match (path.root, path.steps.last()) {
            (Root::Package(_) | Root::Global(_), Some(Step::Field(name))) => Some(self.text(*name)),
            (Root::Package(_), _) => Some(""),
            (Root::Global(name), None) => Some(self.text(name)),
            _ => None,
        }
    }
}
