// verdicts.cjs CORPUS LOG MODULES: compares what a run says of each file's syntax with what acorn (JavaScript) and tsc
// (TypeScript) say. A file that they take and leaklint refuses is lost to its users: it must be one of those that
// `verdicts.txt` knows. What leaklint takes and they refuse is counted only: it analyses what is there.
const fs = require("fs");
const path = require("path");

const [, , corpus, log, modules] = process.argv;
const load = (name) => require(require.resolve(name, { paths: [modules] }));
const acorn = load("acorn");
const jsx = acorn.Parser.extend(load("acorn-jsx")());
const ts = load("typescript");

const JAVASCRIPT = /\.[cm]?js$|\.jsx$/;
const TYPESCRIPT = /(?<!\.d)\.[cm]?ts$|\.tsx$/;

// Whether tsc has no syntax error; much of its grammar is held by its checker, whose complaints of that kind have codes below 2000.
function isTypeScript(file, text) {
  const options = { noLib: true, noResolve: true, target: ts.ScriptTarget.Latest, experimentalDecorators: true, jsx: ts.JsxEmit.Preserve };
  const name = path.basename(file);
  const tree = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const host = {
    ...ts.createCompilerHost(options),
    getSourceFile: (of) => (of === name ? tree : undefined),
    fileExists: (of) => of === name,
    readFile: () => undefined,
    writeFile: () => {},
    getCurrentDirectory: () => "/",
  };
  const program = ts.createProgram([name], options, host);
  const complaints = [...tree.parseDiagnostics, ...program.getSemanticDiagnostics(tree)];
  return !complaints.some(({ category, code }) => category === ts.DiagnosticCategory.Error && code >= 1000 && code < 2000);
}

function isTaken(file, text) {
  if (TYPESCRIPT.test(file)) {
    return isTypeScript(file, text);
  }
  const parsers = [acorn.Parser, jsx];
  const options = { ecmaVersion: "latest", allowHashBang: true, allowReturnOutsideFunction: true };
  return ["module", "script"].some((sourceType) =>
    parsers.some((parser) => {
      try {
        parser.parse(text, { ...options, sourceType });
        return true;
      } catch (error) {
        if (error instanceof SyntaxError) return false;
        throw error;
      }
    }),
  );
}

const known = new Set(
  fs
    .readFileSync(path.join(__dirname, "verdicts.txt"), "utf8")
    .split("\n")
    .filter((line) => line && !line.startsWith("#")),
);
const { problems, summary } = JSON.parse(fs.readFileSync(log, "utf8"));
const refused = new Map(
  problems
    .filter(({ kind }) => kind === "syntax" || kind === "internal")
    .map((problem) => [path.resolve(problem.path), problem.message]),
);
const count = { both: 0, neither: 0, lost: 0, lenient: 0 };
const wrong = [];
for (const entry of fs.readdirSync(corpus, { recursive: true, withFileTypes: true })) {
  const file = path.resolve(entry.parentPath, entry.name);
  if (!entry.isFile() || !(JAVASCRIPT.test(file) || TYPESCRIPT.test(file))) continue;
  const bytes = fs.readFileSync(file);
  const text = bytes.toString();
  if (!Buffer.from(text).equals(bytes)) continue;
  const [theirs, ours] = [isTaken(file, text.replace(/^\ufeff/, "")), !refused.has(file)];
  count[theirs ? (ours ? "both" : "lost") : ours ? "lenient" : "neither"] += 1;
  const name = path.relative(path.resolve(corpus), file).split(path.sep).join("/");
  if (ours && known.has(name)) wrong.push(`${name}: taken now, and still in verdicts.txt`);
  if (theirs && !ours && !known.has(name)) wrong.push(`${name}: ${refused.get(file)}`);
}
console.log(
  `verdicts: ${count.both} files taken by both, ${count.neither} refused by both, ${count.lenient} taken by leaklint alone, ` +
    `${count.lost} refused by leaklint alone, all but ${wrong.length} known (${summary.files} analysed)`,
);
wrong.slice(0, 50).forEach((line) => console.error(`  ${line}`));
process.exit(wrong.length === 0 && count.both > 500 ? 0 : 1);
