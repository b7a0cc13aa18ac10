const seen = new Map();
require("http").createServer((req, res) => {
  seen.set(req.url, 1);
});
