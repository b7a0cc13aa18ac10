const http = require("http");
const seen = new Map();
http.createServer((req) => seen.set(req.url, 1));
