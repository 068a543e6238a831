// Which part of a figure is in view: a window of the same shape as the figure, never outside of it. Figure units.

export const CLOSEST = 6;

function within(low, value, high) {
  return Math.min(Math.max(value, low), high);
}

export class View {
  /** The whole of what there is to see; zoom 1. */
  constructor(whole) {
    this.whole = whole;
    this.zoom = 1;
    this.x = whole.x;
    this.y = whole.y;
  }

  get width() {
    return this.whole.width / this.zoom;
  }

  get height() {
    return this.whole.height / this.zoom;
  }

  get isWhole() {
    return this.zoom < 1.01;
  }

  get box() {
    return [this.x, this.y, this.width, this.height].map((number) => Math.round(number * 100) / 100).join(" ");
  }

  /** How far into the window a place lies: 0 at its left or upper edge, 1 at the other. */
  shareOf({ x, y }) {
    return { x: (x - this.x) / this.width, y: (y - this.y) / this.height };
  }

  /** Zooms so that `place` lies at `share` of the window, as near as the edges of the figure allow. */
  zoomTo(zoom, place, share = { x: 0.5, y: 0.5 }) {
    this.zoom = within(1, zoom, CLOSEST);
    this.#put(place.x - share.x * this.width, place.y - share.y * this.height);
  }

  moveBy(dx, dy) {
    this.#put(this.x + dx, this.y + dy);
  }

  /** Moves as little as brings the place into the window, a tenth of it away from its edge. */
  bring({ x, y }) {
    const [across, down] = [this.width / 10, this.height / 10];
    this.#put(
      within(x - this.width + across, this.x, x - across),
      within(y - this.height + down, this.y, y - down),
    );
  }

  #put(x, y) {
    const { whole } = this;
    this.x = within(whole.x, x, whole.x + whole.width - this.width);
    this.y = within(whole.y, y, whole.y + whole.height - this.height);
  }
}
