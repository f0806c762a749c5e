// Node's own HTTP server that says hello; the port is its one argument.
const http = require("node:http");

const server = http.createServer((request, response) => {
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.end("Hello, world!");
});
server.listen(Number(process.argv[2]), "127.0.0.1");
