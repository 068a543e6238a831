// What "repeat last" suggests, as the map draws it: points that are not rows yet. Each keeps its identity while it
// waits, so that its marker keeps the keyboard's focus.

export class Ghosts {
  constructor() {
    this.all = [];
  }

  /** `suggested`: the points of the event "points-suggested", each with `take()`, which makes it a row. */
  set(suggested) {
    const before = new Map(this.all.map((ghost) => [ghost.key, ghost]));
    const seen = new Map();
    this.all = suggested.map((one) => {
      const same = `${one.nerve}|${one.side}`;
      seen.set(same, (seen.get(same) ?? 0) + 1);
      const key = `${same}|${seen.get(same)}`;
      return Object.assign(before.get(key) ?? { isGhost: true, key }, { take: one.take, point: pointOf(one) });
    });
  }

  has(row) {
    return this.all.includes(row);
  }

  /** As points for the rules of placing: the ghost stands where a row's element would. */
  points() {
    return this.all.map((ghost) => ({ ...ghost.point, row: ghost, isGhost: true, number: "+" }));
  }
}

function pointOf(one) {
  return { ...one, nerveCode: /^[A-Z]+\d+/.exec(one.nerve)?.[0] ?? "", volume: one.volume_ml };
}
