// Driver for npm's @rocket.chat/api-client, which has generic calls by path and stores the given credentials.
"use strict";

const { Refusal, refusalFields, serve } = require("./driver_protocol");
const { RestClient } = require("api-client-0.2.57");

const chat = new RestClient({ baseUrl: process.argv[2] });

// The library rejects with the Response if the request is refused.
const read = async (pending) => {
  try {
    return await pending;
  } catch (error) {
    if (error instanceof Response) throw new Refusal("Response", refusalFields(await error.json(), error.status));
    throw error;
  }
};

const useToken = ({ user_id, token }) => chat.setCredentials({ "X-User-Id": user_id, "X-Auth-Token": token });

serve({
  version: () => require("api-client-0.2.57/package.json").version,
  login: async (credentials) => {
    const { data } = await read(chat.post("/v1/login", credentials));
    const received = { user_id: data.userId, token: data.authToken };
    useToken(received);
    return received;
  },
  use_token: useToken,
  me: () => read(chat.get("/v1/me")),
  statistics: (parameters) => read(chat.get("/v1/statistics", parameters)),
  list: async ({ sort, ...page }) =>
    (await read(chat.get("/v1/statistics.list", { ...page, sort: JSON.stringify(sort) }))).statistics,
  logout: () => read(chat.post("/v1/logout")),
});
