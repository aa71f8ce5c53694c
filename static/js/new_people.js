// Blank rows for new people appear one after another; without this script all are there.
const rows = [...document.querySelectorAll("[data-new-person]")];
const isFilled = (row) => [...row.querySelectorAll("input[type=text]")].some((input) => input.value.trim());
const reveal = () => rows.forEach((row, index) => {
  row.hidden = index > 0 && !isFilled(row) && !isFilled(rows[index - 1]);
});
reveal();
document.addEventListener("input", reveal);
