// A short name for a long text, where a quarter of a million texts of hundreds of letters would be held only to know them again:
// 128 bits as sixteen letters, which V8 holds in 32 bytes. Of a million texts two have the same with a probability of 10⁻²⁷.
// The mixing is bryc's cyrb128 (public domain), which follows MurmurHash3; it is no protection against who looks for a collision.

/** The same sixteen letters (of code units below 256) for the same text. */
export function digestOf(text: string): string {
  let [a, b, c, d] = [1_779_033_703, 3_144_134_277, 1_013_904_242, 2_773_480_762];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    a = b ^ Math.imul(a ^ unit, 597_399_067);
    b = c ^ Math.imul(b ^ unit, 2_869_860_233);
    c = d ^ Math.imul(c ^ unit, 951_274_213);
    d = a ^ Math.imul(d ^ unit, 2_716_044_179);
  }
  a = Math.imul(c ^ (a >>> 18), 597_399_067);
  b = Math.imul(d ^ (b >>> 22), 2_869_860_233);
  c = Math.imul(a ^ (c >>> 17), 951_274_213);
  d = Math.imul(b ^ (d >>> 19), 2_716_044_179);
  a ^= b ^ c ^ d;
  // In one piece: what is joined of several would be held in several.
  return String.fromCharCode(...bytesOf(a), ...bytesOf(b ^ a), ...bytesOf(c ^ a), ...bytesOf(d ^ a));
}

function bytesOf(bits: number): [number, number, number, number] {
  return [bits & 255, (bits >>> 8) & 255, (bits >>> 16) & 255, bits >>> 24];
}
