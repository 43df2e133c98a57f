// The clients' list: words stay behind the "#" of the address, which no request sends; facets stay open or closed.
(() => {
  "use strict";
  const narrow = matchMedia("(max-width: 760px)");
  const toggled = new Map();
  const wordsOfAddress = () => new URLSearchParams(location.hash.slice(1)).get("q") || "";
  const search = () => {
    const form = document.getElementById("asked");
    if (!form || form.elements.q.value === wordsOfAddress()) return;
    form.elements.q.value = wordsOfAddress();
    form.requestSubmit();
  };
  const arrange = () => {
    document.querySelectorAll("[data-facet]").forEach((facet) => {
      if (toggled.has(facet.dataset.facet)) facet.open = toggled.get(facet.dataset.facet);
      else if (narrow.matches) facet.open = false;
    });
  };
  document.addEventListener("click", (event) => {
    const summary = event.target.closest("[data-facet] > summary");
    if (summary) toggled.set(summary.parentElement.dataset.facet, !summary.parentElement.open);
  });
  document.addEventListener("htmx:afterSwap", arrange);
  addEventListener("hashchange", search);
  addEventListener("pageshow", () => { arrange(); search(); });
})();
