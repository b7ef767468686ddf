// What the API server is to trust of us: a bundle of authorities, merged so that two replicas that know different things never
// take from each other. What one knows is added at once; what none of its files has goes when that has been so for a
// while, far beyond what a kubelet needs to bring the others up to date.
import { X509Certificate } from 'node:crypto';
import { certificatesIn } from '#kit/certificates.ts';

/** Since when a certificate is there that this process does not know, by its fingerprint. */
export type Strangers = Map<string, number>;

const STAYS_MS = 600_000;

/** The bundle as it should be, as PEM; undefined where `there` (base64) is it already. */
export function mergedBundle(
  there: string,
  own: readonly string[],
  strangers: Strangers,
  nowMs: number,
): string | undefined {
  const before = readBundle(there);
  const wanted = byFingerprint(own);
  for (const id of wanted.keys()) strangers.delete(id);
  for (const [id, pem] of before.certificates) {
    if (wanted.has(id)) continue;
    const sinceMs = strangers.get(id) ?? nowMs;
    strangers.set(id, sinceMs);
    const isOver = nowMs - sinceMs >= STAYS_MS || new X509Certificate(pem).validToDate.getTime() <= nowMs;
    if (!isOver) wanted.set(id, pem);
  }
  const isSame = [...wanted.keys()].every((id) => before.certificates.has(id));
  if (before.isWhole && isSame && wanted.size === before.certificates.size) return undefined;
  // In one order, so that whoever writes writes the same.
  return [...wanted]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, pem]) => `${pem.trim()}\n`)
    .join('');
}

/** What can be read of it; it is not whole where something cannot. */
function readBundle(base64: string): { readonly certificates: Map<string, string>; readonly isWhole: boolean } {
  try {
    return { certificates: byFingerprint(certificatesIn(Buffer.from(base64, 'base64').toString())), isWhole: true };
  } catch {
    return { certificates: new Map(), isWhole: false };
  }
}

function byFingerprint(certificates: readonly string[]): Map<string, string> {
  return new Map(certificates.map((pem) => [new X509Certificate(pem).fingerprint256, pem]));
}
