// Drives npm's @rocket.chat/api-client: it has calls by address alone, and keeps the credentials that it is given.
"use strict";

const { Refusal, converse, toldBy } = require("./conversation");
const { RestClient } = require("api-client-0.2.57");

const chat = new RestClient({ baseUrl: process.argv[2] });

// What is refused comes as the Response itself.
const read = async (asked) => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Response) throw new Refusal("Response", toldBy(await error.json(), error.status));
    throw error;
  }
};

const use = ({ user_id, token }) => chat.setCredentials({ "X-User-Id": user_id, "X-Auth-Token": token });

converse({
  version: () => require("api-client-0.2.57/package.json").version,
  login: async (credentials) => {
    const { data } = await read(chat.post("/v1/login", credentials));
    const kept = { user_id: data.userId, token: data.authToken };
    use(kept);
    return kept;
  },
  use,
  me: () => read(chat.get("/v1/me")),
  statistics: (parameters) => read(chat.get("/v1/statistics", parameters)),
  list: async ({ sort, ...page }) =>
    (await read(chat.get("/v1/statistics.list", { ...page, sort: JSON.stringify(sort) }))).statistics,
  logout: () => read(chat.post("/v1/logout")),
});
