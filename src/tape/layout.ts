// The outer form of a tape: magic and version, blocks, catalog, footer; docs/tape-format.md draws it. Everything is
// little-endian. Each compressed part has its length before and after and a CRC-32, and no length is believed beyond its
// cap, so that a hostile file cannot make us ask for more memory than that.
import { constants, crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { Malformed } from './bytes.ts';

export const TAPE_VERSION = 1;
export const MAGIC = Buffer.from('TWTAPE', 'latin1');
export const END_MAGIC = Buffer.from('TWTAPEND', 'latin1');
/** Magic and version (2). */
export const PREAMBLE_BYTES = 8;
/** Catalog's offset (8), compressed and raw length (4 + 4), CRC-32 (4), SHA-256 (32), CRC-32 of the footer (4), magic (8). */
export const FOOTER_BYTES = 64;

const MIB = 1024 * 1024;
export const MAX_BLOCK_BYTES = 64 * MIB;
export const MAX_CATALOG_BYTES = 64 * MIB;
/** Larger windows than any part we write would need are refused. */
const MAX_WINDOW_LOG = 26;

/** Where a compressed part lies and what it must be. */
export interface Part {
  readonly offset: number;
  readonly length: number;
  readonly rawLength: number;
  readonly crc: number;
}

export interface Footer {
  readonly catalog: Part;
  readonly sha256: Buffer;
}

export function compress(raw: Uint8Array, level: number): Buffer {
  return zstdCompressSync(raw, { params: { [constants.ZSTD_c_compressionLevel]: level } });
}

/** The part as it was before compression. Throws, `Malformed` or an error of zlib, when it is not what it should be. */
export function unpack(packed: Uint8Array, part: Part): Buffer {
  if (crc32(packed) !== part.crc) throw new Malformed('its checksum does not match');
  const raw = zstdDecompressSync(packed, {
    maxOutputLength: Math.max(1, part.rawLength),
    params: { [constants.ZSTD_d_windowLogMax]: MAX_WINDOW_LOG },
  });
  if (raw.length !== part.rawLength) throw new Malformed(`it unpacks to ${raw.length} bytes and not ${part.rawLength}`);
  return raw;
}

export function encodePreamble(): Buffer {
  const preamble = Buffer.alloc(PREAMBLE_BYTES);
  MAGIC.copy(preamble);
  preamble.writeUInt16LE(TAPE_VERSION, MAGIC.length);
  return preamble;
}

export function encodeFooter({ catalog, sha256 }: Footer): Buffer {
  const footer = Buffer.alloc(FOOTER_BYTES);
  footer.writeBigUInt64LE(BigInt(catalog.offset), 0);
  footer.writeUInt32LE(catalog.length, 8);
  footer.writeUInt32LE(catalog.rawLength, 12);
  footer.writeUInt32LE(catalog.crc, 16);
  sha256.copy(footer, 20);
  footer.writeUInt32LE(crc32(footer.subarray(0, 52)), 52);
  END_MAGIC.copy(footer, 56);
  return footer;
}

/** Undefined when these 64 bytes do not end as a tape does. Throws `Malformed` when they do and are damaged. */
export function decodeFooter(bytes: Buffer): Footer | undefined {
  if (!bytes.subarray(56).equals(END_MAGIC)) return undefined;
  if (crc32(bytes.subarray(0, 52)) !== bytes.readUInt32LE(52)) throw new Malformed('its checksum does not match');
  const catalog = {
    offset: Number(bytes.readBigUInt64LE(0)),
    length: bytes.readUInt32LE(8),
    rawLength: bytes.readUInt32LE(12),
    crc: bytes.readUInt32LE(16),
  };
  return { catalog, sha256: Buffer.from(bytes.subarray(20, 52)) };
}
