// Live pages. The server's stream carries hints (type, id, version); what they concern is fetched again as a fragment.
//
//   <section data-live="challenge:01…" data-live-message="The ranking has changed"
//            hx-get="/challenges/01…/ranking" hx-trigger="live" hx-swap="outerHTML">
//
// data-live holds subjects apart by spaces; "team:*" hears of all teams, "*" of everything. data-live-every fetches
// anew after so many seconds as well, for what no hint tells. A fragment waits while the pointer or the focus is inside
// it, or something typed into it was not sent yet, so that nothing moves under a hand or is lost; what was folded out
// stays so. At most one message in five seconds is read out.

const KINDS = ["announcement", "bid", "challenge", "organisation", "project", "team"];
const QUIET_MS = 5000;
const GATHER_MS = 150;

const waiting = new Set();
let gathering = 0;
let lastSaid = -QUIET_MS;
let toSay = "";
let saying = 0;

const live = () => [...document.querySelectorAll("[data-live]")];
const subjects = (element) => element.dataset.live.split(/\s+/);
const inUse = (element) =>
  element.matches(":hover") || element.contains(document.activeElement) || [...fieldsOf(element)].some(typedInto);

const fieldsOf = (element) => element.querySelectorAll("textarea, select, input:not([type=hidden])");

/** Whether a field holds something that was typed or chosen and not sent yet. */
function typedInto(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.type === "file") return field.files.length > 0;
  if (field.tagName === "SELECT") {
    return field.selectedIndex !== Math.max(0, [...field.options].findIndex((one) => one.defaultSelected));
  }
  return field.value !== field.defaultValue;
}

function concern(kind, id) {
  const heard = [`${kind}:${id}`, `${kind}:*`, "*"];
  for (const element of live()) {
    if (subjects(element).some((subject) => heard.includes(subject))) waiting.add(element);
  }
  gather();
}

function concernAll() {
  for (const element of live()) waiting.add(element);
  gather();
}

function gather() {
  clearTimeout(gathering);
  gathering = setTimeout(refresh, GATHER_MS);
}

function refresh() {
  for (const element of [...waiting]) {
    const shown = element.isConnected && element.matches("[data-live]");
    if (shown && inUse(element)) continue;
    waiting.delete(element);
    if (!shown) continue;
    htmx.trigger(element, "live");
    say(element.dataset.liveMessage);
  }
}

function say(message) {
  if (!message) return;
  toSay = message;
  if (saying) return;
  saying = setTimeout(() => {
    document.getElementById("announcer").textContent = toSay;
    lastSaid = performance.now();
    saying = 0;
  }, Math.max(0, lastSaid + QUIET_MS - performance.now()));
}

/** One connection a visible page: a browser keeps few to a host, and a hidden page has nobody to show things to. */
function listen(url) {
  let stream = null;
  const open = () => {
    stream = new EventSource(url);
    for (const kind of KINDS) {
      stream.addEventListener(kind, (event) => concern(kind, JSON.parse(event.data).id));
    }
    stream.addEventListener("reset", concernAll);
  };
  const close = () => {
    stream?.close();
    stream = null;
  };
  addEventListener("pagehide", close);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      close();
    } else if (!stream) {
      open();
      concernAll();
    }
  });
  if (!document.hidden) open();
}

// what had to wait is fetched as soon as the hand is away
document.addEventListener("pointerout", () => waiting.size && gather());
document.addEventListener("focusout", () => waiting.size && gather());

setInterval(() => {
  const stale = live().filter((element) => {
    const seconds = Number(element.dataset.liveEvery);
    element.dataset.liveAge = Number(element.dataset.liveAge ?? 0) + 1;
    return seconds && element.dataset.liveAge % seconds === 0 && !document.hidden;
  });
  for (const element of stale) waiting.add(element);
  if (stale.length > 0) gather();
}, 1000);

// whoever reads on in older lines is not thrown back to the newest
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.matches(".more")) event.detail.target.closest("[data-live]")?.removeAttribute("data-live");
});

// what the reader folded out is folded out in the new fragment, too
const foldsOf = (element) => [...element.querySelectorAll("details")];
const unfolded = new Map();
document.addEventListener("htmx:beforeSwap", (event) => {
  const element = event.detail.target.closest("[data-live][id]");
  if (element) unfolded.set(element.id, foldsOf(element).map((fold) => fold.open));
});
document.addEventListener("htmx:afterSettle", () => {
  for (const [id, states] of unfolded) {
    const folds = foldsOf(document.getElementById(id) ?? document.createElement("p"));
    if (folds.length === states.length) folds.forEach((fold, at) => (fold.open ||= states[at]));
  }
  unfolded.clear();
});

const source = document.querySelector("[data-stream]");
if (source && live().length > 0) listen(source.dataset.stream);
