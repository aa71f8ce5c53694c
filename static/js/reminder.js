// Copying by one press; without this script the text is selected and copied by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  const said = button.parentElement.querySelector("[data-copied]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      // Outside https the clipboard is closed to scripts, but selected text may be copied.
      text.select();
      document.execCommand("copy");
    }
    said.textContent = said.dataset.copied;
  });
}
