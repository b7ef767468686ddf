// The layout of a flat state: names and how many numbers each takes, one behind the other.

/** The place of each field, the first at `from`; `sizes` in their order. */
export function fieldsFrom<Name extends string>(
  from: number,
  sizes: Readonly<Record<Name, number>>,
): Record<Name, number> {
  const places = {} as Record<Name, number>;
  let at = from;
  for (const name of Object.keys(sizes) as Name[]) {
    places[name] = at;
    at += sizes[name];
  }
  return places;
}
