// A leader's visit is written on the phone's own form, which needs no signal. A browser that
// cannot keep visits stays on this page, and so does whoever asks for it with ?plain=1.
const here = document.getElementById("hand-over");
if (window.isSecureContext && globalThis.crypto?.subtle && globalThis.indexedDB) {
  location.replace(here.dataset.to);
}
