// Small comforts on every page. Everything works without them.

// An open menu closes on Escape, on a click elsewhere, and when another opens.
const menus = document.querySelectorAll("details.site-user, details.site-menu");
document.addEventListener("click", (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (!menu.open) continue;
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// After a refused form the reader starts at the summary of what to mend.
document.querySelector("[data-error-summary]")?.focus();

// A password can be shown while it is typed; the words stand on the form.
const words = document.querySelector("[data-reveal-words]");
for (const input of document.querySelectorAll("input[type=password][data-reveal]")) {
  if (!words) break;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-outline-primary";
  button.setAttribute("aria-controls", input.id);
  const show = (visible) => {
    input.type = visible ? "text" : "password";
    button.textContent = visible ? words.dataset.hide : words.dataset.show;
    button.setAttribute("aria-pressed", String(visible));
  };
  button.addEventListener("click", () => show(input.type === "password"));
  input.form?.addEventListener("submit", () => show(false));
  const box = document.createElement("div");
  box.className = "with-button";
  input.replaceWith(box);
  box.append(input, button);
  show(false);
}

// A leader signs out on the phone's own screen, which forgets what can be read there too.
const keepsVisits = window.isSecureContext && globalThis.crypto?.subtle && globalThis.indexedDB;
const signOut = document.querySelectorAll("form[data-sign-out][data-at]");
if (keepsVisits) {
  for (const form of signOut) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      location.assign(form.dataset.at);
    });
  }
}

// A form sent twice by an impatient finger is sent once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 5000);
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
// Other answers are another message: a download leaves the page standing, to be asked again.
document.addEventListener("input", (event) => {
  if (event.target.form) delete event.target.form.dataset.sent;
});

// On a phone a long filter bar would fill the first screen, and what was found would stand below
// it: all but its first field and those that filter now fold away.
const narrow = window.matchMedia("(max-width: 40rem)");
for (const form of document.querySelectorAll("form.filters[data-more-words]")) {
  const cells = form.querySelectorAll(":scope > div:not(.filter-buttons)");
  const asked = new URLSearchParams(location.search);
  const idle = [...cells].slice(1).filter((cell) => !asked.get(cell.querySelector("input, select")?.name) && !cell.querySelector(".field-error"));
  if (!narrow.matches || !idle.length) continue;
  for (const cell of idle) cell.classList.add("idle");
  form.classList.add("folded");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-outline-primary";
  button.textContent = form.dataset.moreWords;
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => {
    form.classList.remove("folded");
    button.remove();
    idle[0].querySelector("input, select")?.focus();
  });
  form.querySelector(".filter-buttons").append(button);
}
