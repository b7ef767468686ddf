// Numbers made easy to compress without losing a bit. Integers become the change of their change (0 for a steady step),
// floats the XOR with the one before; then byte k of every number is put beside byte k of its neighbours, so that equal
// bytes stand together (the "shuffle" of HDF5 and Blosc; XOR and delta of delta as in Gorilla, Pelkonen et al., VLDB 2015).

/** Changes of the change, or undefined when a value or a change does not fit 32 bits. The first value is 0 by definition. */
export function deltaOfDelta(values: Float64Array): Int32Array | undefined {
  const result = new Int32Array(values.length);
  let change = 0;
  for (let index = 1; index < values.length; index++) {
    const next = (values[index] ?? 0) - (values[index - 1] ?? 0);
    const second = next - change;
    if (!Number.isSafeInteger(values[index]) || (second | 0) !== second) return undefined;
    result[index] = second;
    change = next;
  }
  return Number.isSafeInteger(values[0] ?? 0) ? result : undefined;
}

/** Undoes `deltaOfDelta`, given the first value. */
export function sumOfSums(first: number, changes: Int32Array): Float64Array {
  const result = new Float64Array(changes.length);
  let value = first;
  let change = 0;
  for (let index = 0; index < changes.length; index++) {
    change += changes[index] ?? 0;
    value += change;
    result[index] = value;
  }
  return result;
}

/** Writes four planes of `values` at `offset`. */
export function splitInts(values: Int32Array, out: Uint8Array, offset: number): void {
  const count = values.length;
  for (let index = 0; index < count; index++) writeWord(out, offset + index, count, values[index] ?? 0);
}

export function mergeInts(planes: Uint8Array, offset: number, count: number): Int32Array {
  const result = new Int32Array(count);
  for (let index = 0; index < count; index++) result[index] = readWord(planes, offset + index, count);
  return result;
}

/** Writes eight planes of `values`, each XORed with the one before, at `offset`. */
export function splitFloats(values: Float64Array, out: Uint8Array, offset: number): void {
  const count = values.length;
  const words = new Uint32Array(values.slice().buffer);
  let low = 0;
  let high = 0;
  for (let index = 0; index < count; index++) {
    const nextLow = words[2 * index] ?? 0;
    const nextHigh = words[2 * index + 1] ?? 0;
    writeWord(out, offset + index, count, nextLow ^ low);
    writeWord(out, offset + 4 * count + index, count, nextHigh ^ high);
    low = nextLow;
    high = nextHigh;
  }
}

export function mergeFloats(planes: Uint8Array, offset: number, count: number): Float64Array {
  const words = new Uint32Array(2 * count);
  let low = 0;
  let high = 0;
  for (let index = 0; index < count; index++) {
    low ^= readWord(planes, offset + index, count);
    high ^= readWord(planes, offset + 4 * count + index, count);
    words[2 * index] = low;
    words[2 * index + 1] = high;
  }
  return new Float64Array(words.buffer);
}

function writeWord(out: Uint8Array, at: number, stride: number, word: number): void {
  out[at] = word;
  out[at + stride] = word >>> 8;
  out[at + 2 * stride] = word >>> 16;
  out[at + 3 * stride] = word >>> 24;
}

function readWord(planes: Uint8Array, at: number, stride: number): number {
  return (
    (planes[at] ?? 0) |
    ((planes[at + stride] ?? 0) << 8) |
    ((planes[at + 2 * stride] ?? 0) << 16) |
    ((planes[at + 3 * stride] ?? 0) << 24)
  );
}
