// Say that a file is too large before it is sent; the server refuses it anyway.

export function startUploadSize() {
  document.addEventListener("change", (event) => {
    const input = event.target;
    const form = input.closest?.("form[data-max-bytes]");
    if (!form || input.type !== "file") return;
    const isTooLarge = [...input.files].some((file) => file.size > Number(form.dataset.maxBytes));
    form.querySelector("[data-too-large]").hidden = !isTooLarge;
    const words = form.querySelector("[data-too-large]").textContent.trim();
    input.setCustomValidity(isTooLarge ? words : "");
  });
}
