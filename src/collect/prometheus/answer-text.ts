// The small texts within a query's answer: a sample that the hot loop does not take, and the labels of a series.
import type { Labels } from '#model/series.ts';

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const NOT_FINITE = /^[+-]?(Inf|Infinity|NaN)$/i;

/** `[1700000000.1,"+Inf"]` as time and value, or undefined when it is none. What is not finite is NaN. */
export function readSample(text: string): { readonly timeMs: number; readonly value: number } | undefined {
  const sample = parseJson(text);
  if (!Array.isArray(sample) || sample.length !== 2) return undefined;
  const [seconds, value]: unknown[] = sample;
  if (typeof seconds !== 'number' || typeof value !== 'string') return undefined;
  if (NOT_FINITE.test(value)) return { timeMs: Math.round(seconds * 1000), value: Number.NaN };
  if (!DECIMAL.test(value)) return undefined;
  const number = Number(value);
  return { timeMs: Math.round(seconds * 1000), value: Number.isFinite(number) ? number : Number.NaN };
}

/** A JSON object of strings, or undefined when it is none. */
export function readLabels(text: string): Labels | undefined {
  const labels = parseJson(text);
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels)) return undefined;
  return Object.values(labels).every((value) => typeof value === 'string') ? (labels as Labels) : undefined;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
