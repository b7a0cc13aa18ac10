#!/usr/bin/env node
// Packs the npm packages: `node npm/pack.mjs OUT TARGET=BINARY…`
//
// OUT gets a tarball for each Rust target whose binary is given, and one for the launcher, which names all platform
// packages at its own version. The version is Cargo.toml's. Nothing is published and nothing is fetched.

import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "..");
const platforms = JSON.parse(readFileSync(join(here, "platforms.json"), "utf8"));
const manifest = readFileSync(join(root, "Cargo.toml"), "utf8");

/** A string of the `[package]` table. */
function fromManifest(key) {
  const table = manifest.slice(manifest.indexOf("[package]"), manifest.indexOf("[lib]"));
  return table.match(new RegExp(`^${key} = "(.*)"$`, "m"))[1];
}

const common = {
  version: fromManifest("version"),
  description: fromManifest("description"),
  license: fromManifest("license"),
};

function main([out, ...pairs]) {
  if (!out || pairs.length === 0) {
    console.error("usage: node npm/pack.mjs OUT TARGET=BINARY…");
    process.exit(2);
  }
  mkdirSync(out, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), "leaklint-npm-"));
  try {
    for (const pair of pairs) {
      const [target, binary] = pair.split("=");
      const platform = platforms.find((each) => each.target === target);
      if (!platform || !binary) {
        const known = platforms.map((each) => each.target).join(", ");
        throw new Error(`\`${pair}\` is no TARGET=BINARY; targets are ${known}`);
      }
      pack(platformPackage(work, platform, binary), out);
    }
    pack(launcher(work), out);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Lays the package of one platform out; gives its folder. */
function platformPackage(work, platform, binary) {
  const folder = join(work, platform.name);
  const file = platform.os === "win32" ? "leaklint.exe" : "leaklint";
  mkdirSync(folder);
  copyFileSync(binary, join(folder, file));
  chmodSync(join(folder, file), 0o755);
  writePackage(folder, {
    name: `@leaklint/${platform.name}`,
    ...common,
    description: `The leaklint binary for ${platform.name}`,
    os: [platform.os],
    cpu: [platform.cpu],
    ...(platform.libc && { libc: [platform.libc] }),
    files: [file],
    preferUnplugged: true,
  });
  return folder;
}

function launcher(work) {
  const folder = join(work, "leaklint");
  cpSync(join(here, "leaklint"), folder, { recursive: true });
  copyFileSync(join(here, "platforms.json"), join(folder, "lib", "platforms.json"));
  copyFileSync(join(root, "leaklint.schema.json"), join(folder, "leaklint.schema.json"));
  writePackage(folder, {
    name: "leaklint",
    ...common,
    bin: { leaklint: "bin/leaklint.js" },
    files: ["bin", "lib", "leaklint.schema.json"],
    engines: { node: ">=18" },
    optionalDependencies: Object.fromEntries(platforms.map(({ name }) => [`@leaklint/${name}`, common.version])),
  });
  return folder;
}

function writePackage(folder, contents) {
  copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(contents, null, 2)}\n`);
}

function pack(folder, out) {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const tarball = execFileSync(npm, ["pack", "--silent", "--pack-destination", resolve(out)], { cwd: folder });
  console.log(join(out, tarball.toString().trim()));
}

main(process.argv.slice(2));
