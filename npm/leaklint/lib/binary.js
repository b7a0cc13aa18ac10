"use strict";
// Which binary runs here: the one that LEAKLINT_BINARY names, else that of the installed platform package.

const path = require("node:path");
const platforms = require("./platforms.json");

/** `glibc` or `musl`; undefined where there is no such question. */
function libc() {
  if (process.platform !== "linux") return undefined;
  // Without this, a report looks up the names of network peers, which takes seconds.
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime ? "glibc" : "musl";
}

/** The name of the platform package for this machine; undefined if there is none. */
function platformPackage(os = process.platform, cpu = process.arch, family = libc()) {
  const fits = (platform) => platform.os === os && platform.cpu === cpu && platform.libc === family;
  const platform = platforms.find(fits);
  return platform && `@leaklint/${platform.name}`;
}

/** The path of the binary. Throws an Error that says what to do if there is none. */
function binary(env = process.env) {
  if (env.LEAKLINT_BINARY) return env.LEAKLINT_BINARY;
  const wanted = platformPackage();
  const here = [process.platform, process.arch, libc()].filter(Boolean).join(" ");
  if (!wanted) {
    throw new Error(
      `there is no leaklint binary for ${here}.\n` +
        "Build one with `cargo install --locked --path .` in a clone of leaklint's repository, and name it in LEAKLINT_BINARY.",
    );
  }
  try {
    const folder = path.dirname(require.resolve(`${wanted}/package.json`));
    return path.join(folder, process.platform === "win32" ? "leaklint.exe" : "leaklint");
  } catch {
    throw new Error(
      `the package ${wanted}, which holds the binary for ${here}, is not installed.\n` +
        "It is an optional dependency of leaklint: install without `--omit=optional` (`--no-optional`), and make a lock file\n" +
        "that was written on another platform anew. Or name a binary in LEAKLINT_BINARY.",
    );
  }
}

module.exports = { binary, platformPackage };
