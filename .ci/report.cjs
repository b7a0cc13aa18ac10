// Opens the HTML report in headless Chromium, light, dark and printed, and says what does not hold:
// node .ci/report.cjs CHROMIUM REPORT.html FOLDER
const { execFileSync } = require("child_process");
const fs = require("fs");
const path = require("path");
const [, , chromium, report, folder] = process.argv;
const common = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", `--user-data-dir=${path.join(folder, "profile")}`];
const run = (...extra) =>
  execFileSync(chromium, [...common, ...extra, `file://${path.resolve(report)}`], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: 120_000 });
const wrong = [];
const dom = run("--dump-dom");
const count = (pattern) => (dom.match(pattern) ?? []).length;
const articles = count(/<article /g);
if (articles === 0) wrong.push("no finding is shown");
if (count(/<ol class="path"/g) === 0) wrong.push("no retaining path is drawn");
if (count(/<li class="gap">/g) !== count(/<ol class="path"/g)) wrong.push("a retaining path without its gap");
if (count(/<script/g) > 0 || count(/(src|href)="(https?:)?\/\//g) > 0) wrong.push("the page wants a script or the network");
const ids = new Set([...dom.matchAll(/<article id="(f\d+)"/g)].map((match) => match[1]));
for (const [, target] of dom.matchAll(/href="#(f\d+)"/g)) if (!ids.has(target)) wrong.push(`a link to ${target}, which is not there`);
for (const [name, extra] of [["light", []], ["dark", ["--force-dark-mode", "--blink-settings=preferredColorScheme=0"]]]) {
  const picture = path.join(folder, `${name}.png`);
  run(`--screenshot=${picture}`, "--window-size=1100,1400", ...extra);
  if (fs.statSync(picture).size < 20_000) wrong.push(`the ${name} page is empty`);
}
const printed = path.join(folder, "report.pdf");
run(`--print-to-pdf=${printed}`, "--no-pdf-header-footer");
if (!fs.readFileSync(printed).subarray(0, 5).equals(Buffer.from("%PDF-"))) wrong.push("it does not print");
const [light, dark] = ["light", "dark"].map((name) => fs.readFileSync(path.join(folder, `${name}.png`)));
if (light.equals(dark)) wrong.push("dark looks like light");
wrong.forEach((each) => console.error(`e2e: the HTML report: ${each}`));
console.log(`e2e: the HTML report shows ${articles} findings in Chromium`);
process.exit(wrong.length === 0 ? 0 : 1);
