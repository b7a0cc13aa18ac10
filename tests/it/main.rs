mod bindings;
mod facts;
