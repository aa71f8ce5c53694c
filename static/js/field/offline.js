// The page without a network: it too says so when the portal shows demonstration data.
import { setting } from "./store.js";

setting("is_demo").then((isDemo) => {
  document.querySelector("[data-demo]").hidden = !isDemo;
}, console.info);
