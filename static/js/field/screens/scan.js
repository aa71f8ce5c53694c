// A household by its card: to look at it, or to record a visit there.
import { draw, spot } from "../page.js";
import { go } from "../router.js";
import { household as find, readPackage, session, villageOnShow } from "../session.js";
import { scan } from "../scanner.js";

export const show = (root) => scanFor(root, { href: "#/household/", back: "#/households" });

export const visit = {
  show: (root) => scanFor(root, { href: "#/visit/", back: "#/households/visit" }),
};

async function scanFor(root, { href, back }) {
  await readPackage();
  draw(root, "scan");
  const open = (household) => {
    if (household) go(`${href}${household.u}`, { replace: true });
    return Boolean(household);
  };
  const here = villageOnShow()?.id;
  let stop = () => {};
  return {
    title: gettext("A household's card"),
    back,
    // The picture belongs to a screen that stands.
    shown() {
      stop = scan(spot(root, "scanner"), {
        scanned: (uuid) => open(find(uuid)),
        typed: (number) =>
          open(session.package.households.find((one) => one.n === number && (!here || one.v === here))),
        closed: () => go(back, { replace: true }),
      });
    },
    leave: () => stop(),
  };
}
