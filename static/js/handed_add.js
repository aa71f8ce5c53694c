// Ticking all villages or none by one press; without this script they are ticked one by one.
for (const bar of document.querySelectorAll("[data-choose]")) {
  const boxes = document.querySelectorAll(`input[type=checkbox][name="${bar.dataset.choose}"]`);
  const tick = (checked) => {
    for (const box of boxes) box.checked = checked;
  };
  bar.querySelector("[data-all]").addEventListener("click", () => tick(true));
  bar.querySelector("[data-none]").addEventListener("click", () => tick(false));
  bar.hidden = boxes.length < 3;
}
