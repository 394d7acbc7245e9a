// The texts of the other scripts, in the reader's language: the server puts them into the page.
"use strict";
(() => {
  const texts = JSON.parse(document.querySelector("meta[name=texts]").content);
  // Placeholders are those of the server's translations: %(name)s.
  window.statisticsText = (name, values = {}) => texts[name].replace(/%\((\w+)\)s/g, (_, key) => values[key]);
})();
