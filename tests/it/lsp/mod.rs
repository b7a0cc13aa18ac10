//! Conversations with `leaklint lsp`.

mod client;
mod faults;
mod findings;
mod offers;

/// A route that calls a helper of another file; whether that leaks is decided there.
const SERVER: &str = "import express from 'express';
import { watch } from './watch';
const app = express();
app.get('/', (req, res) => {
  watch(() => res.end());
});
";

/// Each call adds a listener.
const LEAKS: &str = "export function watch(handler) {
  /* 𝄞 */ process.on('SIGHUP', handler);
}
";

/// Each call takes its listener away again.
const RELEASES: &str = "export function watch(handler) {
  process.on('SIGHUP', handler);
  process.off('SIGHUP', handler);
}
";

/// A project in which `watch.ts` leaks.
const PROJECT: &[(&str, &str)] = &[("server.ts", SERVER), ("watch.ts", LEAKS)];
