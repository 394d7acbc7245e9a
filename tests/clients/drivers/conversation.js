// The lines between a test and a client: a command in JSON comes in, what the client says goes out.
"use strict";

const readline = require("node:readline");

// What a client tells of an answer that is none: how it tells it, and whatever of the rest it passes on.
class Refusal extends Error {
  constructor(kind, { status = null, message = null, errorType = null } = {}) {
    super(message ?? kind);
    this.told = { kind, status, message, error_type: errorType };
  }
}

// Read a refusal out of the body that the server sent.
const toldBy = (body, status = null) => ({ status, message: body.message ?? body.error, errorType: body.errorType ?? null });

// Do what each line says by the method of that name, until the lines end.
const converse = async (client) => {
  // Some clients print. The lines are for the test alone.
  console.log = console.error;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { do: name, ...told } = JSON.parse(line);
    let said;
    try {
      said = { answer: (await client[name](told)) ?? null };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      said = { refusal: error.told };
    }
    process.stdout.write(`${JSON.stringify(said)}\n`);
  }
  // Some clients leave timers behind that would keep the process.
  process.exit();
};

module.exports = { Refusal, converse, toldBy };
