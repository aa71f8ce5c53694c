// Which village somebody comes from, beside a row for a person who is on no list.
import { make } from "./page.js";

// For `peopleRows`: draws the choice and says what was chosen; without villages there is none.
export function placeSelect(places) {
  if (!places.length) return null;
  return (element, id, person) => {
    const select = make("select", { class: "form-select", id: `${id}-village` });
    select.append(new Option(gettext("Not stated"), ""));
    for (const { id: key, name } of places) select.append(new Option(name, key));
    select.value = person.village ?? "";
    const label = make("label", { for: select.id }, gettext("Village"));
    const field = make("div", { class: "form-field" }, label, select);
    element.querySelector(".field-row").after(field);
    return { state: () => ({ village: select.value }) };
  };
}
