// Tracks and times of points, packed: a tick of 20,000 series is as many neighbours with one time, and becomes a few hundred
// bytes.
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { mergeFloats, mergeInts, splitFloats, splitInts } from './byte-planes.ts';

const COMPRESSION = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const POINT_BYTES = 12;

/** `tracks[i]` has a point at `timesMs[i]`. */
export function packPlaces(tracks: Uint32Array, timesMs: Float64Array): Uint8Array {
  const planes = new Uint8Array(tracks.length * POINT_BYTES);
  splitInts(
    Int32Array.from(tracks, (track, index) => track - (tracks[index - 1] ?? 0)),
    planes,
    0,
  );
  splitFloats(timesMs, planes, tracks.length * 4);
  return zstdCompressSync(planes, COMPRESSION);
}

/** What was packed. Throws RangeError for bytes that are not `count` points. */
export function unpackPlaces(
  data: Uint8Array,
  count: number,
): { readonly tracks: Uint32Array; readonly timesMs: Float64Array } {
  const planes = zstdDecompressSync(data, { maxOutputLength: Math.max(1, count * POINT_BYTES) });
  if (planes.byteLength !== count * POINT_BYTES) throw new RangeError(`${planes.byteLength} bytes for ${count} points`);
  let track = 0;
  const tracks = Uint32Array.from(mergeInts(planes, 0, count), (change) => {
    track = (track + change) >>> 0;
    return track;
  });
  return { tracks, timesMs: mergeFloats(planes, count * 4, count) };
}
