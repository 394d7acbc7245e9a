// Loads the numbers of a display again. Without this file the page reloads itself, but shows an error while the server is away.
"use strict";
(() => {
  const { refresh, version } = document.documentElement.dataset;
  const byId = (id) => document.getElementById(id);

  const load = async () => {
    const response = await fetch(location.href, { cache: "no-store" });
    if (response.status === 403) return location.reload();
    if (!response.ok) throw new Error(response.statusText);
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    // After an upgrade, styles may have changed too.
    if (fresh.documentElement.dataset.version !== version) return location.reload();
    byId("content").replaceWith(fresh.getElementById("content"));
  };

  // The numbers stay, but say since when they are old.
  const sayLost = () => {
    if (!byId("lost").hidden) return;
    byId("lost").querySelector("time").textContent = new Date().toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
    byId("lost").hidden = false;
  };

  setInterval(() => load().catch(sayLost), Number(refresh) * 1000);
})();
