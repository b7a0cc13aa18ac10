const http = require("http");
const seen = new Map();
http.createServer((req, res) => {
  seen.set(req.url, 1);
  const timer = setInterval(() => res.write("."), 1000);
  res.on("close", () => clearInterval(timer));
  process.on("exit", () => res.end()); // leaklint-ignore-line unremoved-listener: shown in the tests
});
process.on("exit", () => console.log("bye"));
