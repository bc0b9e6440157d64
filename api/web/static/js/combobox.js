// Search as you type: htmx fetches the suggestions, this adds the combobox's keyboard (arrows, Enter, Esc),
// the pointer, and Ctrl K, which goes to the search in the rail.

const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));
const optionsOf = (input) => [...listOf(input).querySelectorAll("[role=option]")];
const isOpen = (input) => input.getAttribute("aria-expanded") === "true";

function close(input) {
  const list = listOf(input);
  list.hidden = true;
  list.classList.remove("show");
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function open(input) {
  const list = listOf(input);
  list.hidden = false;
  list.classList.add("show");
  input.setAttribute("aria-expanded", "true");
}

/** Open when there is something to choose and the reader is still here. */
function refresh(input) {
  const useful = optionsOf(input).length > 0 && input.value.trim() !== "" && input === document.activeElement;
  input.removeAttribute("aria-activedescendant");
  (useful ? open : close)(input);
}

function activate(input, option) {
  for (const other of optionsOf(input)) other.setAttribute("aria-selected", String(other === option));
  if (option) {
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    input.removeAttribute("aria-activedescendant");
  }
}

/** The options and the input itself form a ring: one step past the last is the input again. */
function move(input, step) {
  const options = optionsOf(input);
  if (options.length === 0) return;
  if (!isOpen(input)) open(input);
  const ring = [null, ...options];
  const active = options.find((option) => option.id === input.getAttribute("aria-activedescendant")) ?? null;
  activate(input, ring[(ring.indexOf(active) + step + ring.length) % ring.length]);
}

function choose(option) {
  location.assign(option.dataset.href);
}

const keys = {
  ArrowDown: (input) => move(input, 1),
  ArrowUp: (input) => move(input, -1),
  Escape: (input) => close(input),
  Enter: (input) => choose(document.getElementById(input.getAttribute("aria-activedescendant"))),
};

/** Enter belongs to the form unless an option is active; Esc empties a closed field, as search fields do. */
function isOurs(input, key) {
  if (key === "Enter") return isOpen(input) && input.hasAttribute("aria-activedescendant");
  return key === "Escape" ? isOpen(input) : key in keys;
}

const comboboxAt = (target) => target.closest?.("input[role=combobox]");

addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    const jump = [...document.querySelectorAll("[data-jump], input[role=combobox]")].find((el) => el.checkVisibility());
    if (!jump) return;
    event.preventDefault();
    jump.focus();
    jump.select();
    return;
  }
  const input = comboboxAt(event.target);
  if (!input || event.isComposing || !isOurs(input, event.key)) return;
  event.preventDefault();
  keys[event.key](input);
});

addEventListener("focusout", (event) => {
  const input = comboboxAt(event.target);
  if (input) close(input);
});

// keeps the focus in the field, so that the list is still there when the click arrives
addEventListener("mousedown", (event) => {
  if (event.target.closest?.("[role=listbox]")) event.preventDefault();
});
addEventListener("click", (event) => {
  const option = event.target.closest?.("[role=option][data-href]");
  if (option) choose(option);
});

addEventListener("htmx:afterSwap", (event) => {
  const input = document.querySelector(`input[role=combobox][aria-controls="${event.target.id}"]`);
  if (input) refresh(input);
});
