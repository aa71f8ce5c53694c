// A list of who came after it was saved: taken back into its form, and told in words.
import * as drafts from "./drafts.js";
import { make } from "./page.js";
import { go } from "./router.js";
import { session } from "./session.js";
import { calledBy, formOf, personKnown } from "./sessions.js";

export async function takeBack({ uuid, title, body }) {
  const hash = `#/session/${body.session}`;
  const draft = { title, hash, uuid, undone: true, form: formOf(body) };
  await drafts.keep(session.user, `session-${body.session}`, draft);
  go(hash, { replace: true });
}

// Who came, with what each showed; `skillName(code)` is the name of a skill.
export function fillTold(list, body, skillName) {
  const words = document.getElementById("words-of-a-visit").content;
  const answer = ([code, outcome]) =>
    `${skillName(code)}: ${words.querySelector(`[data-outcome="${outcome}"]`).textContent.toLowerCase()}`;
  const lines = body.people.map(({ resident, outcomes, confirmed }) => {
    const known = personKnown(resident);
    const told = Object.entries(outcomes).map(answer);
    if (confirmed) told.push(gettext("VNeID confirms this person"));
    return [known ? calledBy(known) : gettext("A member"), told.join("\n") || gettext("Came")];
  });
  for (const one of body.walk_ins)
    lines.push([calledBy({ name: one.full_name, year: one.birth_year }), gettext("On no list")]);
  if (body.staff.length) lines.push([gettext("Staff"), String(body.staff.length)]);
  list.replaceChildren(
    ...lines.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]),
  );
}
