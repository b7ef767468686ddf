// Numbers on their way into JSON, which has neither NaN nor infinity: what is not there is null.

export function figure(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

export function figures(values: Float64Array): (number | null)[] {
  return Array.from(values, figure);
}
