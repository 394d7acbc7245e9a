// Drives npm's @rocket.chat/sdk 0.2.
"use strict";

const { Refusal, converse, toldBy } = require("./conversation");

// The library reads its server's address once, when it is loaded.
process.env.ROCKETCHAT_URL = process.argv[2];
const { api, driver } = require("sdk-0.2.9");

// A refusal stands in the log only: what was asked for is just not there.
const logged = [];
const silent = () => {};
driver.useLog({ debug: silent, info: silent, warn: silent, warning: silent, error: (...said) => logged.push(said.at(-1)) });

// The library tells no status; what it logs is the server's body, or an error of its own.
const read = (said) => {
  if (said !== undefined) return said;
  throw new Refusal("log", toldBy(logged.pop()));
};

const login = async (credentials) => {
  try {
    const { data } = await api.login(credentials);
    return { user_id: data.userId, token: data.authToken };
  } catch (error) {
    // The error names the user only; why it was refused stands in the log.
    throw new Refusal(error.constructor.name, toldBy(logged.pop()));
  }
};

converse({
  version: () => require("sdk-0.2.9/package.json").version,
  login: ({ user, password }) => login({ username: user, password }),
  // The library has no place for an id and a token; a token logs in, and is kept.
  use: ({ token }) => login({ resume: token }),
  me: async () => read(await api.get("me")),
  statistics: async (parameters) => read(await api.get("statistics", parameters)),
  list: async (parameters) => read(await api.get("statistics.list", parameters)).statistics,
  // The answer is not passed on.
  logout: () => api.logout(),
});
