const express = require('express');
const app = express();
const seen = [];

app.use((req, res, next) => {
  process.on('uncaughtException', () => console.error(req.url));
  seen.push(req.url);
  next();
});
