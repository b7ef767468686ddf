// Compares two JSON values number by number: the same libraries on another processor round their last digits otherwise.

/** The largest difference of two numbers at the same place, relative where they are above 1, and where it is. */
export interface Apart {
  readonly most: number;
  readonly path: string;
}

/** How far apart the numbers of two JSON values are; infinitely where their shapes, words or gaps differ. */
export function compareJson(ours: unknown, theirs: unknown, path = ''): Apart {
  if (typeof ours === 'number' && typeof theirs === 'number') {
    return { most: ours === theirs ? 0 : Math.abs(ours - theirs) / Math.max(1, Math.abs(theirs)), path };
  }
  if (!isTree(ours) || !isTree(theirs)) return { most: ours === theirs ? 0 : Number.POSITIVE_INFINITY, path };
  const keys = Object.keys(ours);
  if (keys.join() !== Object.keys(theirs).join()) return { most: Number.POSITIVE_INFINITY, path };
  let worst: Apart = { most: 0, path };
  for (const key of keys) {
    const apart = compareJson(ours[key], theirs[key], path === '' ? key : `${path}.${key}`);
    if (apart.most > worst.most) worst = apart;
  }
  return worst;
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
