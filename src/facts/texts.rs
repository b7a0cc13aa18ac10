//! Many short texts in one piece of memory.

/// Texts by position, one behind the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    all: String,
    /// Where each ends.
    ends: Vec<u32>,
}

impl Texts {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = match index.checked_sub(1) {
            Some(before) => self.ends[before],
            None => 0,
        };
        Some(&self.all[start as usize..end as usize])
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    pub fn push(&mut self, text: &str) {
        self.all.push_str(text);
        self.ends.push(self.all.len() as u32);
    }

    /// Without texts, in the same room.
    pub(super) fn emptied(mut self) -> Self {
        self.all.clear();
        self.ends.clear();
        self
    }

    /// Room for texts that nobody will add to.
    pub(super) fn with_capacity(texts: usize, bytes: usize) -> Self {
        Self {
            all: String::with_capacity(bytes),
            ends: Vec::with_capacity(texts),
        }
    }

    /// How many texts there is room for.
    pub(super) fn capacity(&self) -> usize {
        self.ends.capacity()
    }
}

impl<'t> FromIterator<&'t str> for Texts {
    fn from_iter<I: IntoIterator<Item = &'t str>>(texts: I) -> Self {
        let mut all = Self::default();
        texts.into_iter().for_each(|text| all.push(text));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::Texts;

    #[test]
    fn each_text_is_where_it_was_put() {
        let texts: Texts = ["", "a", "", "bé"].into_iter().collect();
        assert_eq!(texts.iter().collect::<Vec<_>>(), ["", "a", "", "bé"]);
        assert_eq!((texts.get(3), texts.get(4), texts.len()), (Some("bé"), None, 4));
    }
}
