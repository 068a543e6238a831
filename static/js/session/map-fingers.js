// Two fingers on the drawing zoom and move it; one finger is left to the page. Ctrl and the wheel, which is also what a
// touchpad sends for two fingers, zooms around the pointer.

const WHEEL_PX = { 0: 1, 1: 16, 2: 400 };
const PX_TO_DOUBLE = 200;

function placeOf({ clientX, clientY }) {
  return { clientX, clientY };
}

/** `told`: zoomBy(factor, from, to) with places {clientX, clientY}: what lay under `from` comes to lie under `to`; begin(). */
export function startFingers(box, told) {
  const fingers = new Map();

  function grip() {
    const [one, two] = [...fingers.values()];
    return {
      middle: { clientX: (one.clientX + two.clientX) / 2, clientY: (one.clientY + two.clientY) / 2 },
      apart: Math.max(Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY), 1),
    };
  }

  box.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch") return;
    if (event.isPrimary) fingers.clear();
    fingers.set(event.pointerId, placeOf(event));
    if (fingers.size === 2) told.begin();
  });
  box.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    const before = fingers.size === 2 ? grip() : null;
    fingers.set(event.pointerId, placeOf(event));
    if (!before) return;
    const now = grip();
    told.zoomBy(now.apart / before.apart, before.middle, now.middle);
  });
  for (const name of ["pointerup", "pointercancel"]) {
    // A finger that is lifted beside the drawing is lifted too.
    document.addEventListener(name, (event) => fingers.delete(event.pointerId));
  }
  // Where `touch-action` is not enough to keep the page from zooming with the drawing.
  box.addEventListener("touchmove", (event) => event.touches.length > 1 && event.preventDefault(), { passive: false });
  box.addEventListener("gesturestart", (event) => event.preventDefault());
  box.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const place = placeOf(event);
      told.zoomBy(2 ** ((-event.deltaY * WHEEL_PX[event.deltaMode]) / PX_TO_DOUBLE), place, place);
    },
    { passive: false },
  );
}
