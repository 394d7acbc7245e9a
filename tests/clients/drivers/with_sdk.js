// Driver for npm's @rocket.chat/sdk 0.2.
"use strict";

const { Refusal, refusalFields, serve } = require("./driver_protocol");

// The library reads the server's URL once, when it is loaded.
process.env.ROCKETCHAT_URL = process.argv[2];
const { api, driver } = require("sdk-0.2.9");

// A refusal is only logged, and the result is undefined.
const logged = [];
const silent = () => {};
driver.useLog({ debug: silent, info: silent, warn: silent, warning: silent, error: (...values) => logged.push(values.at(-1)) });

// The library does not report the status; it logs the response's body, or its own error.
const read = (result) => {
  if (result !== undefined) return result;
  throw new Refusal("log", refusalFields(logged.pop()));
};

const login = async (credentials) => {
  try {
    const { data } = await api.login(credentials);
    return { user_id: data.userId, token: data.authToken };
  } catch (error) {
    // The error only contains the user's name; the reason is in the log.
    throw new Refusal(error.constructor.name, refusalFields(logged.pop()));
  }
};

serve({
  version: () => require("sdk-0.2.9/package.json").version,
  login: ({ user, password }) => login({ username: user, password }),
  // The library does not accept an id with a token; a login with the token returns the same token.
  use_token: ({ token }) => login({ resume: token }),
  me: async () => read(await api.get("me")),
  statistics: async (parameters) => read(await api.get("statistics", parameters)),
  list: async (parameters) => read(await api.get("statistics.list", parameters)).statistics,
  // The library does not return the response.
  logout: () => api.logout(),
});
