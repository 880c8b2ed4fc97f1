// A button beside what is shown once copies it; without script the text is there to be selected.

for (const button of document.querySelectorAll("button[data-copies]")) {
  const text = document.getElementById(button.dataset.copies);
  text.addEventListener("focus", () => text.select());
  button.hidden = false;
  button.addEventListener("click", async () => {
    text.focus();
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      document.execCommand("copy"); // without https there is no clipboard to write to
    }
    button.textContent = button.dataset.copied;
  });
}
