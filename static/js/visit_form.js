// Comforts of the visit form. Everything works without them.
const form = document.querySelector("[data-visit-form]");
let touched = false;

// A second tap on an answer takes it back.
for (const skill of form.querySelectorAll(".skill")) {
  const none = skill.querySelector(".unask input");
  for (const radio of skill.querySelectorAll(".segments input")) {
    let wasChecked = false;
    const remember = () => { wasChecked = radio.checked; };
    radio.parentElement.addEventListener("pointerdown", remember);
    radio.addEventListener("click", (event) => {
      if (wasChecked && event.detail > 0) {
        none.checked = true;
        none.dispatchEvent(new Event("change", { bubbles: true }));
      }
      wasChecked = false;
    });
  }
}

// Who is unticked has shown nothing; who has shown something was met.
form.addEventListener("change", (event) => {
  const person = event.target.closest("[data-person]");
  if (!person) return;
  const met = person.querySelector("[data-met]");
  if (event.target === met) {
    if (met.checked) return;
    for (const input of person.querySelectorAll("input")) input.checked = false;
  } else if (event.target.checked && event.target.value) {
    met.checked = true;
  }
});

// «In a week» writes the day into the date field.
const shortcuts = form.querySelector("[data-return-days]");
const returnOn = form.elements.return_on;
shortcuts.hidden = false;
shortcuts.addEventListener("click", (event) => {
  const days = Number(event.target.dataset.days);
  if (!days) return;
  const from = new Date(`${form.elements.visited_on.value || new Date().toISOString().slice(0, 10)}T12:00:00Z`);
  from.setUTCDate(from.getUTCDate() + days);
  returnOn.value = from.toISOString().slice(0, 10);
  touched = true;
});

// The folded line says what the fields under it say.
const summary = form.querySelector("[data-when-where]");
const tell = () => {
  const [year, month, day] = form.elements.visited_on.value.split("-");
  const where = form.querySelector("[name=occasion]:checked, select[name=occasion]");
  const words = where?.selectedOptions?.[0]?.textContent ?? where?.nextElementSibling?.textContent ?? "";
  if (day) summary.textContent = `${day}/${month}/${year}, ${words}`;
};
form.elements.visited_on.addEventListener("change", tell);
form.addEventListener("change", (event) => { if (event.target.name === "occasion") tell(); });

// Leaving with something typed asks first.
form.addEventListener("input", () => { touched = true; });
form.addEventListener("submit", () => { touched = false; });
window.addEventListener("beforeunload", (event) => {
  if (touched) event.preventDefault();
});
