// The rules of the nerve map, without a page: the same as catalogue/atlas.py. Units are figure units; sides are the
// patient's own.

export const OVER_THE_MIDDLE = 3;
const STEP = 24;
const IN_A_COLUMN = [0, 1, -1, 2, -2];

/** The atlas as the page carries it: figures in order, nerve code → region, figure code → nerve code → its places. */
export function readAtlas(data) {
  const figures = new Map(data.figures.map((figure) => [figure.code, figure]));
  const anchors = new Map();
  for (const [code, nerves] of Object.entries(data.anchors)) {
    anchors.set(
      code,
      Object.entries(nerves).flatMap(([nerve, places]) => places.split(" ").map((place) => anchor(nerve, place))),
    );
  }
  return { figures, anchors, regions: data.regions };
}

const SIDES = { l: "left", r: "right", m: "midline" };

function anchor(nerve, place) {
  const [x, y] = place.slice(1).split(",").map(Number);
  return { nerve, side: SIDES[place[0]], x, y };
}

export function shows(figure, side, x) {
  if (side === "midline") return true;
  const middle = figure.width / 2;
  return (
    (x <= middle + OVER_THE_MIDDLE && figure.left === side) || (x >= middle - OVER_THE_MIDDLE && figure.right === side)
  );
}

export function isOneSided(figure) {
  return figure.left === figure.right;
}

/** The side of the patient at x; exactly in the middle it is the midline. */
export function sideAt(figure, x) {
  if (isOneSided(figure)) return figure.left;
  if (Math.abs(x - figure.width / 2) <= OVER_THE_MIDDLE) return "midline";
  return x < figure.width / 2 ? figure.left : figure.right;
}

/** The nearest place inside the figure that is still on the side of the point. */
export function held(figure, side, x, y) {
  let across = Math.min(Math.max(Math.round(x), 0), figure.width);
  if (!shows(figure, side, across)) across = Math.round(figure.width / 2);
  return { x: across, y: Math.min(Math.max(Math.round(y), 0), figure.height) };
}

/** Where the number-th point (from 0) on the same spot is drawn. */
export function spread(figure, x, y, number) {
  const column = Math.floor(number / IN_A_COLUMN.length);
  const outwards = x >= figure.width / 2 ? 1 : -1;
  return {
    x: Math.min(Math.max(x + outwards * column * STEP, 0), figure.width),
    y: Math.min(Math.max(y + IN_A_COLUMN[number % IN_A_COLUMN.length] * STEP, 0), figure.height),
  };
}

/** The points as they stand on one figure: put there by hand, or at the usual place of their nerve. */
export function spotsOn(atlas, figure, points) {
  const seen = new Map();
  const spots = [];
  for (const point of points) {
    const spot = spotOf(atlas, figure, point);
    if (!spot) continue;
    const key = `${spot.x},${spot.y}`;
    const number = seen.get(key) ?? 0;
    seen.set(key, number + 1);
    spots.push({ point, isUsual: spot.isUsual, ...spread(figure, spot.x, spot.y, number) });
  }
  return spots;
}

function spotOf(atlas, figure, point) {
  if (point.figure === figure.code) return { x: Number(point.x), y: Number(point.y), isUsual: false };
  const usual = atlas.anchors
    .get(figure.code)
    ?.find((one) => one.nerve === point.nerveCode && one.side === point.side);
  return usual ? { x: usual.x, y: usual.y, isUsual: true } : null;
}

/** The figure a point is shown on: its own, else this one if it shows the nerve, else the first that does. */
export function figureFor(atlas, current, point) {
  if (point.figure && atlas.figures.has(point.figure)) return point.figure;
  const codes = [current.code, ...atlas.figures.keys()];
  return codes.find((code) => spotOf(atlas, atlas.figures.get(code), point)) ?? null;
}

/** The same place on the other side of the patient: on the other half, or on the figure of the other side. */
export function mirroredPlace(atlas, figure, x) {
  const other = isOneSided(figure)
    ? [...atlas.figures.values()].find(
        (one) => one.part === figure.part && isOneSided(one) && one.left !== figure.left,
      )
    : figure;
  return other ? { figure: other.code, x: figure.width - x } : { figure: "", x: "" };
}
