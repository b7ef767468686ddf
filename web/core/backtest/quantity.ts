// A number in a field as people write it: `90s`, `1h30m`, `7d` for a length of time, else digits. The same in every
// language, for it is also what one types.

const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
const PART = /(\d+(?:\.\d+)?)(ms|[dhms])/g;

/** `1h30m`; what is no round length is told in milliseconds. */
export function writeQuantity(value: number, unit: string | undefined): string {
  if (unit !== 'ms') return String(value);
  if (value === 0) return '0s';
  let left = Math.abs(value);
  let text = value < 0 ? '-' : '';
  for (const [name, size] of Object.entries(UNITS)) {
    const count = Math.floor(left / size);
    if (count === 0) continue;
    text += `${name === 'ms' ? left : count}${name}`;
    left -= count * size;
  }
  return text;
}

/** Undefined for what is no such number; a length of time without a unit is in milliseconds. */
export function readQuantity(text: string, unit: string | undefined): number | undefined {
  const trimmed = text.trim().replace('−', '-');
  if (trimmed === '') return undefined;
  const plain = Number(trimmed);
  if (Number.isFinite(plain)) return plain;
  const unsigned = trimmed.replace(/^-/, '').replaceAll(' ', '');
  if (unit !== 'ms' || unsigned.replace(PART, '') !== '') return undefined;
  const sum = [...unsigned.matchAll(PART)].reduce(
    (total, [, digits, name]) => total + Number(digits) * UNITS[name as keyof typeof UNITS],
    0,
  );
  return trimmed.startsWith('-') ? -sum : sum;
}
