// The protocol between a test and a driver: commands and replies, one JSON document per line.
"use strict";

const readline = require("node:readline");

// A refusal as the client reports it: the kind of report, and those parts of the response that it contains.
class Refusal extends Error {
  constructor(kind, { status = null, message = null, errorType = null } = {}) {
    super(message ?? kind);
    this.fields = { kind, status, message, error_type: errorType };
  }
}

// Return the fields of a refusal from a response body.
const refusalFields = (body, status = null) => ({ status, message: body.message ?? body.error, errorType: body.errorType ?? null });

// Execute the command of each line by the client's method of that name, until the input ends.
const serve = async (client) => {
  // Some clients print to the standard output, which is reserved for replies.
  console.log = console.error;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { command, ...parameters } = JSON.parse(line);
    let reply;
    try {
      reply = { result: (await client[command](parameters)) ?? null };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      reply = { refusal: error.fields };
    }
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
  // Some clients leave timers running, which would keep the process alive.
  process.exit();
};

module.exports = { Refusal, refusalFields, serve };
