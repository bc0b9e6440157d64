// What a script asked for and did not get is said on the page; whoever is signed out is led to the sign-in and back.
// On a form that came back, the first field that was not accepted has the focus.

const note = document.getElementById("trouble");

function say(what) {
  note.lastElementChild.textContent = note.dataset[what];
  note.hidden = false;
}

addEventListener("htmx:sendError", () => say("offline"));
addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status !== 401) {
    say("refused");
    return;
  }
  const back = new URLSearchParams({ ended: 1, next: location.pathname + location.search });
  location.assign(`/sign-in?${back}`);
});
addEventListener("htmx:afterSwap", () => (note.hidden = true));

document.querySelector("[aria-invalid=true]")?.focus();
