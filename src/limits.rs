//! What one file may cost, counted in what does not depend on the machine: a file is over a limit everywhere or nowhere.
//!
//! The time that a file may take is no limit of this kind: it is the last resort, for what nothing here counts.

use std::str::FromStr;

/// Something that is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// Of the file.
    Bytes,
    /// Brackets that are open at once, and `else if` in a row.
    Nesting,
    /// Nodes of one function's control flow graph.
    Nodes,
    /// Looks at a file's facts while it is judged.
    Steps,
}

/// How much of each is allowed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    pub bytes: u64,
    pub nesting: u64,
    pub nodes: u64,
    pub steps: u64,
}

impl Limits {
    pub const DEFAULT: Self = Self {
        // A tree takes a dozen times its source.
        bytes: 32 << 20,
        // On 256 MB of stack all known shapes survive this depth.
        nesting: 20_000,
        nodes: 20_000,
        // None of 26,005 files of eleven large projects takes 3 million.
        steps: 100_000_000,
    };

    pub fn get(&self, limit: Limit) -> u64 {
        match limit {
            Limit::Bytes => self.bytes,
            Limit::Nesting => self.nesting,
            Limit::Nodes => self.nodes,
            Limit::Steps => self.steps,
        }
    }

    pub fn set(&mut self, limit: Limit, value: u64) {
        match limit {
            Limit::Bytes => self.bytes = value,
            Limit::Nesting => self.nesting = value,
            Limit::Nodes => self.nodes = value,
            Limit::Steps => self.steps = value,
        }
    }

    /// Why a file is over the limit, one clause, and what to do about it.
    pub fn exceeded(&self, limit: Limit) -> String {
        let value = self.get(limit);
        let what = match limit {
            Limit::Bytes => format!("the file has more than {value} bytes"),
            Limit::Nesting => format!("brackets or `else if` are nested deeper than {value} levels"),
            Limit::Nodes => format!("the control flow of a function has more than {value} nodes, and is left out"),
            Limit::Steps => format!("judging the file takes more than {value} steps, and the rest of it is left out"),
        };
        format!("{what}; `--limit {}=N` raises the limit", limit.name())
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Limit {
    pub const ALL: [Self; 4] = [Self::Bytes, Self::Nesting, Self::Nodes, Self::Steps];

    pub fn name(self) -> &'static str {
        match self {
            Limit::Bytes => "bytes",
            Limit::Nesting => "nesting",
            Limit::Nodes => "nodes",
            Limit::Steps => "steps",
        }
    }

    /// What is counted, in words that follow the name.
    pub fn meaning(self) -> &'static str {
        match self {
            Limit::Bytes => "of the file",
            Limit::Nesting => "of brackets that are open at once, and of `else if` in a row",
            Limit::Nodes => "of one function's control flow graph",
            Limit::Steps => "of judging the file",
        }
    }
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|limit| limit.name() == name);
        known.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("there is no limit `{name}`; there are {names}")
        })
    }
}
