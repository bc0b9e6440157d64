// Forms that save themselves: <form data-autosave="post.01…"> keeps what was typed on this device until it is sent,
// and says so in the status made by `saved_status`. The name holds the reader's id: devices on a shop floor are shared.
// Files and passwords are never kept. Rows that a server adds to the form (data-restore) are asked for again with what was
// kept: htmx puts them into the element that the form names in data-restore-into.

const DELAY_MS = 400;
const storageKey = (name) => `jiebang.draft.${name}`;

/** This device's storage; null where the browser forbids it. */
const storage = (() => {
  try {
    return localStorage;
  } catch {
    return null;
  }
})();

const kept = (form) =>
  [...form.elements].filter((el) => el.name && !["file", "password", "hidden", "submit", "button"].includes(el.type));

function read(form) {
  return kept(form).map((el) => [el.name, el.value, ["checkbox", "radio"].includes(el.type) ? el.checked : null]);
}

/** Fill the form in; returns what no field of it takes. */
function write(form, values) {
  const left = [...values];
  for (const el of kept(form)) {
    const ticked = ["checkbox", "radio"].includes(el.type);
    const at = left.findIndex(([name, value]) => name === el.name && (!ticked || value === el.value));
    if (at < 0) continue;
    const [[, value, checked]] = left.splice(at, 1);
    if (ticked) el.checked = checked;
    else el.value = value;
  }
  return left;
}

/** Ask the server for the rows that the values were typed into. */
function askForRows(form, values) {
  const sent = {};
  for (const [name, value, checked] of values) {
    if (checked !== false) sent[name] = name in sent ? [sent[name], value].flat() : value;
  }
  const { restore: url, restoreInto: target } = form.dataset;
  htmx.ajax("POST", url, { target, swap: "outerHTML", values: sent });
}

function say(form, what) {
  const status = document.querySelector(`[data-saved-for="${form.dataset.autosave}"]`);
  if (status && status.textContent !== status.dataset[what]) status.textContent = status.dataset[what];
}

function save(form) {
  try {
    storage.setItem(storageKey(form.dataset.autosave), JSON.stringify(read(form)));
  } catch {
    return; // it is full: say nothing rather than something untrue
  }
  say(form, navigator.onLine ? "saved" : "offline");
}

function restore(form) {
  const draft = storage.getItem(storageKey(form.dataset.autosave));
  if (draft === null || draft === JSON.stringify(read(form))) return;
  const values = JSON.parse(draft);
  const left = write(form, values);
  if (left.length > 0 && form.dataset.restore) askForRows(form, values);
  say(form, "restored");
}

function keep(form) {
  let timer = 0;
  restore(form);
  const flush = () => {
    clearTimeout(timer);
    if (timer) save(form);
    timer = 0;
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(flush, DELAY_MS);
  };
  form.addEventListener("input", soon);
  form.addEventListener("htmx:afterSwap", soon);
  addEventListener("pagehide", flush);
}

if (storage) {
  for (const form of document.querySelectorAll("form[data-autosave]")) keep(form);
  // a draft goes only when the server has taken it: the page that follows names it
  for (const sent of document.querySelectorAll("[data-sent]")) storage.removeItem(storageKey(sent.dataset.sent));
}
