// A button that opens the print dialogue; the browser's own menu does the same.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
