// A signature by finger, pen or mouse: strokes in whole numbers on a board of 1,000 by 300, kept in a hidden field.
// Whoever cannot draw types the name; that alone is a signature.

const MOST_POINTS = 2900;
const MOST_STROKES = 60;

class Board {
  constructor(part) {
    this.field = part.querySelector("[data-strokes]");
    this.canvas = part.querySelector("canvas");
    this.strokes = JSON.parse(this.field.value || "[]");
    this.drawing = false;
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.go(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => this.end());
    part.querySelector("[data-clear]").addEventListener("click", () => this.clear());
    this.draw();
  }

  get points() {
    return this.strokes.reduce((sum, stroke) => sum + stroke.length, 0);
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const within = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
    return [
      within(((event.clientX - box.left) / box.width) * this.canvas.width, this.canvas.width),
      within(((event.clientY - box.top) / box.height) * this.canvas.height, this.canvas.height),
    ];
  }

  begin(event) {
    if (this.strokes.length >= MOST_STROKES || this.points >= MOST_POINTS) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.drawing = true;
    this.strokes.push([this.place(event)]);
    this.draw();
  }

  go(event) {
    if (!this.drawing || this.points >= MOST_POINTS) return;
    const stroke = this.strokes.at(-1);
    const [x, y] = this.place(event);
    const [a, b] = stroke.at(-1);
    if (Math.hypot(x - a, y - b) < 3) return;
    stroke.push([x, y]);
    this.draw();
  }

  end() {
    if (!this.drawing) return;
    this.drawing = false;
    this.tell();
  }

  clear() {
    this.strokes = [];
    this.draw();
    this.tell();
  }

  tell() {
    this.field.value = this.strokes.length > 0 ? JSON.stringify(this.strokes) : "";
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  draw() {
    const ink = this.canvas.getContext("2d");
    ink.clearRect(0, 0, this.canvas.width, this.canvas.height);
    ink.strokeStyle = getComputedStyle(this.canvas).color;
    ink.lineWidth = 4;
    ink.lineCap = "round";
    ink.lineJoin = "round";
    for (const [first, ...rest] of this.strokes) {
      ink.beginPath();
      ink.moveTo(...first);
      for (const point of rest.length > 0 ? rest : [first]) ink.lineTo(...point);
      ink.stroke();
    }
  }
}

export function startSignature(part) {
  return new Board(part);
}
