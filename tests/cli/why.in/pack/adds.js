const test = require("node:test");
test("adds", () => {
  process.on("exit", () => console.log("bye"));
});
