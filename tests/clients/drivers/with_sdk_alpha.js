// Drives npm's @rocket.chat/sdk 1.0.0-alpha.
"use strict";

const { Refusal, converse, toldBy } = require("./conversation");
const { Rocketchat } = require("sdk-1.0.0-alpha.42");

const chat = new Rocketchat({ host: process.argv[2] });

const read = async (asked) => {
  try {
    return await asked;
  } catch (error) {
    if (error.data) throw new Refusal("thrown", toldBy(error.data, error.status));
    throw new Refusal(error.constructor.name, { message: error.message });
  }
};

// A login that is through goes on to open a websocket, and here none is served. By then it is done.
const login = async (credentials) => {
  try {
    await read(chat.login(credentials));
  } catch (error) {
    if (!chat.currentLogin) throw error;
  }
  return { user_id: chat.currentLogin.userId, token: chat.currentLogin.authToken };
};

converse({
  version: () => require("sdk-1.0.0-alpha.42/package.json").version,
  login: ({ user, password }) => login({ username: user, password }),
  login_with_websocket: ({ user, password }) => read(chat.login({ username: user, password })),
  // The library has no place for an id and a token; a token logs in, and is kept.
  use: ({ token }) => login({ resume: token }),
  me: () => read(chat.get("me")),
  statistics: (parameters) => read(chat.get("statistics", parameters)),
  list: async (parameters) => (await read(chat.get("statistics.list", parameters))).statistics,
  logout: () => read(chat.logout()),
});
