// JSON that keeps every number: NaN, the infinities and −0, which plain JSON turns into null or 0, travel as {"$number": "NaN"}.

const MARK = '$number';

export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'number' || (Number.isFinite(part) && !Object.is(part, -0))) return part;
    return { [MARK]: Object.is(part, -0) ? '-0' : String(part) };
  });
}

/** What `toJson` was given. Throws SyntaxError for text that is not JSON. */
export function fromJson(text: string): unknown {
  return JSON.parse(text, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || !(MARK in part)) return part;
    return Number(part[MARK]);
  });
}
