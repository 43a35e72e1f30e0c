// Keeps a page current without loading it again: the server says that something has changed, the
// page is fetched, and what differs is replaced in place. Without this script a page is complete.
"use strict";
(() => {
  const live = document.getElementById("live");
  const events = new URL("../events", document.currentScript.src);

  // By the clock of the server, which the times are of.
  let ahead = 0;
  const set = (body) => { ahead = Date.now() - (Date.parse(body.dataset.now) || Date.now()); };
  function ago(at) {
    const passed = Math.max(0, Math.floor((Date.now() - ahead - at) / 1000));
    if (passed < 60) return `${passed} s ago`;
    if (passed < 3600) return `${Math.floor(passed / 60)} min ago`;
    if (passed < 48 * 3600) return `${Math.floor(passed / 3600)} h ago`;
    return `${Math.floor(passed / 86400)} d ago`;
  }
  function tick() {
    for (const time of document.querySelectorAll("time[data-ago]")) {
      const text = ago(Date.parse(time.dateTime));
      if (time.textContent !== text) time.textContent = text;
    }
  }
  set(document.body);
  setInterval(tick, 1000);

  if (!document.body.hasAttribute("data-live") || !window.EventSource) return;
  let wanted = false, busy = false, source = null, failures = 0;

  const same = (a, b) =>
    a.nodeType === b.nodeType && a.nodeName === b.nodeName &&
    (a.nodeType !== 1 || (a.id === b.id && a.getAttribute("class") === b.getAttribute("class")) || !a.id);

  // Makes `to` of `from`, and leaves alone what is equal: focus, selection and scroll stay.
  function morph(from, to) {
    if (from.isEqualNode(to)) return;
    if (from.nodeType !== 1) { from.nodeValue = to.nodeValue; return; }
    for (const { name } of [...from.attributes])
      if (!to.hasAttribute(name) && name !== "open") from.removeAttribute(name);
    for (const { name, value } of [...to.attributes])
      if (from.getAttribute(name) !== value) from.setAttribute(name, value);
    if (from.nodeName === "INPUT" || from.nodeName === "SELECT") return;
    const old = [...from.childNodes], fresh = [...to.childNodes];
    fresh.forEach((node, i) => {
      if (i >= old.length) from.appendChild(document.importNode(node, true));
      else if (same(old[i], node)) morph(old[i], node);
      else from.replaceChild(document.importNode(node, true), old[i]);
    });
    old.slice(fresh.length).forEach((node) => node.remove());
  }

  async function refresh() {
    if (busy || document.hidden) { wanted = true; return; }
    busy = true;
    wanted = false;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        morph(document.getElementById("main"), fresh.getElementById("main"));
        document.title = fresh.title;
        set(fresh.body);
      }
    } catch { /* the event stream says when the server is back */ }
    busy = false;
    if (wanted) setTimeout(refresh, 1000);
  }

  function say(text) { if (live.textContent !== text) live.textContent = text; }

  function listen() {
    source = new EventSource(events);
    source.onopen = () => { if (failures) refresh(); failures = 0; say("· live"); };
    source.addEventListener("change", refresh);
    source.onerror = () => {
      say("· not connected; this page may be old");
      source.close();
      failures += 1;
      setTimeout(listen, Math.min(30000, 1000 * 2 ** failures));
    };
  }
  document.addEventListener("visibilitychange", () => { if (!document.hidden && wanted) refresh(); });
  // What did not run is no change, and yet the page has to say so.
  setInterval(() => { if (source.readyState === EventSource.OPEN) refresh(); }, 30000);
  addEventListener("pagehide", () => source && source.close());
  addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
  listen();
})();
