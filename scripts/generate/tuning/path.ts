// Lines as short SVG paths: whole coordinates, relative steps, and no point that one would not see (Douglas & Peucker 1973).

export type Point = readonly [x: number, y: number];

/** The line with the fewest points that is nowhere farther than `tolerance` from the one given; its ends stay. */
export function simplify(line: readonly Point[], tolerance: number): Point[] {
  if (line.length < 3) return [...line];
  const kept = new Uint8Array(line.length);
  kept[0] = 1;
  kept[line.length - 1] = 1;
  const open: [from: number, to: number][] = [[0, line.length - 1]];
  for (let stretch = open.pop(); stretch !== undefined; stretch = open.pop()) {
    const [from, to] = stretch;
    let [farthest, most] = [-1, tolerance];
    for (let index = from + 1; index < to; index++) {
      const away = distance(line[index] as Point, line[from] as Point, line[to] as Point);
      if (away > most) [farthest, most] = [index, away];
    }
    if (farthest < 0) continue;
    kept[farthest] = 1;
    open.push([from, farthest], [farthest, to]);
  }
  return line.filter((_, index) => kept[index] === 1);
}

/** From the straight line between two points, measured upwards: x is time. */
function distance([x, y]: Point, [fromX, fromY]: Point, [toX, toY]: Point): number {
  const share = toX === fromX ? 0 : (x - fromX) / (toX - fromX);
  return Math.abs(y - fromY - share * (toY - fromY));
}

/** `d` of a path through these points, which have whole coordinates; '' for none. */
export function pathOf(line: readonly Point[]): string {
  const [first, ...rest] = line;
  if (first === undefined) return '';
  let [lastX, lastY] = first;
  const steps = rest.map(([x, y]) => {
    const [right, down] = [x - lastX, y - lastY];
    [lastX, lastY] = [x, y];
    if (right === 0) return `v${down}`;
    if (down === 0) return `h${right}`;
    return `l${right}${down < 0 ? '' : ' '}${down}`;
  });
  return `M${first[0]} ${first[1]}${steps.join('')}`;
}
