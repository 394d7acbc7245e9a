// Driver for npm's @rocket.chat/sdk 1.0.0-alpha.
"use strict";

const { Refusal, refusalFields, serve } = require("./driver_protocol");
const { Rocketchat } = require("sdk-1.0.0-alpha.42");

const chat = new Rocketchat({ host: process.argv[2] });

const read = async (pending) => {
  try {
    return await pending;
  } catch (error) {
    if (error.data) throw new Refusal("thrown", refusalFields(error.data, error.status));
    throw new Refusal(error.constructor.name, { message: error.message });
  }
};

// After a successful login the library opens a websocket, which fails here. The login itself is complete by then.
const login = async (credentials) => {
  try {
    await read(chat.login(credentials));
  } catch (error) {
    if (!chat.currentLogin) throw error;
  }
  return { user_id: chat.currentLogin.userId, token: chat.currentLogin.authToken };
};

serve({
  version: () => require("sdk-1.0.0-alpha.42/package.json").version,
  login: ({ user, password }) => login({ username: user, password }),
  login_with_websocket: ({ user, password }) => read(chat.login({ username: user, password })),
  // The library does not accept an id with a token; a login with the token returns the same token.
  use_token: ({ token }) => login({ resume: token }),
  me: () => read(chat.get("me")),
  statistics: (parameters) => read(chat.get("statistics", parameters)),
  list: async (parameters) => (await read(chat.get("statistics.list", parameters))).statistics,
  logout: () => read(chat.logout()),
});
