// A button that copies the text of a field: data-copy names the field, data-copied is the word that says it is done.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.querySelector(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    return; // the text is selected: the person's own keys copy it
  }
  button.querySelector("span").textContent = button.dataset.copied;
  const announcer = document.getElementById("announce");
  if (announcer) announcer.textContent = button.dataset.copied;
});
