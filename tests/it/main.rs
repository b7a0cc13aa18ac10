
mod catalog;
