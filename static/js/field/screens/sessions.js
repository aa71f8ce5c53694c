// The sessions whose attendance is taken on this phone: today's first, then what comes.
import { counted, draw, number, part, row, show as reveal, spot, weekday, worded } from "../page.js";
import { keepFilled, needPackage, readPackage, session, today } from "../session.js";
import { hours, sessionsKnown } from "../sessions.js";
import { day } from "../text.js";

export async function show(root) {
  await needPackage();
  draw(root, "sessions");
  const leadsNobody = session.package.villages.length === 0;
  reveal(root, "further", leadsNobody);
  let isRead = true;
  const leave = await keepFilled(async () => {
    if (!isRead) await readPackage();
    isRead = false;
    await fill(root);
  });
  return {
    title: gettext("Class sessions"),
    subtitle: leadsNobody ? session.package.commune : "",
    back: leadsNobody ? null : "#/",
    leave,
  };
}

async function fill(root) {
  const now = await today();
  const known = await sessionsKnown();
  const groups = {
    today: known.filter((one) => one.d === now),
    earlier: known.filter((one) => one.d < now).reverse(),
    later: known.filter((one) => one.d > now),
  };
  for (const [name, ones] of Object.entries(groups)) {
    spot(root, name).replaceChildren(...ones.map((one) => sessionRow(one, now)));
    part(root, name).hidden = ones.length === 0;
  }
  reveal(root, "none", known.length === 0);
}

// One row: when and where, and how many are noted of those who are expected.
export function sessionRow(one, now) {
  const isToCome = one.d > now;
  const when = one.d === now ? hours(one) : `${weekday(one.d)}, ${day(one.d)} ${hours(one)}`.trim();
  const expected = one.x.length
    ? counted(
        ngettext("%(count)s person expected", "%(count)s people expected", one.x.length),
        one.x.length,
      )
    : "";
  const noted = one.count
    ? counted(ngettext("%(count)s person noted", "%(count)s people noted", one.count), one.count)
    : gettext("Nobody noted yet");
  return row(`#/session/${one.u}`, one.t, [
    ["row-note", [when, one.p, one.w].filter(Boolean).join(" · ")],
    [one.count ? "row-state good" : "row-state", isToCome ? expected : noted],
    ["row-note", isToCome ? "" : expected],
  ]);
}

export function countWords(count, expected) {
  return expected
    ? worded(gettext("%(count)s came, %(expected)s expected"), {
        count: number(count),
        expected: number(expected),
      })
    : counted(ngettext("%(count)s person came", "%(count)s people came", count), count);
}
