// The operator's facts as they are sent: in no more bytes than the keeper takes, however large the cluster is.
import { REPORT_BYTES } from '#store/keeper/contract.ts';
import { type KeeperFacts, MOST, type PackedFacts, SeriesSchema } from './keeper-facts.ts';
import { bytesOfName, createNameTable, type NameTable } from './pod-names.ts';

/**
 * The facts as they are sent: at most `mostBytes` of JSON. What does not fit is left out and counted, the detectors last; of
 * the series without a score, of which only some are told anyway, without being counted.
 */
export function packFacts(facts: KeeperFacts, mostBytes = REPORT_BYTES): PackedFacts {
  const { detectors, services, scrapeTargets, unscored, ...rest } = facts;
  const packed: PackedFacts = {
    ...{ ...rest, detectors: [], services: [], scrapeTargets: [], unscored: [], podNames: [] },
    leftOut: { detectors: 0, services: 0, scrapeTargets: 0 },
  };
  const table = createNameTable();
  // Room for the counts, which are not known yet.
  const fill = createFiller(table, mostBytes - sizeOf(packed) - 100);
  const withPods = <T extends { readonly pods: readonly string[] }>(one: T) => ({
    ...one,
    pods: table.add(one.pods.slice(0, MOST.pods)),
  });
  packed.leftOut.detectors = fill(packed.detectors, detectors, MOST.detectors, withPods);
  packed.leftOut.services = fill(packed.services, services, MOST.services, withPods);
  packed.leftOut.scrapeTargets = fill(packed.scrapeTargets, scrapeTargets, MOST.targets, (one) => one);
  const sound = unscored.filter((series) => SeriesSchema.safeParse(series).success);
  fill(packed.unscored, sound, MOST.unscored, (one) => one);
  return { ...packed, podNames: [...table.list()] };
}

/** Takes from a list what fits, and returns how many did not. */
function createFiller(table: NameTable, mostBytes: number) {
  let leftBytes = mostBytes;
  let leftNamed = MOST.named;
  return <In, Out extends object>(into: Out[], list: readonly In[], most: number, pack: (one: In) => Out): number => {
    for (const [index, one] of list.entries()) {
      const known = table.size;
      const item = pack(one);
      const bytes = table
        .list()
        .slice(known)
        .reduce((sum, entry) => sum + bytesOfName(entry), sizeOf(item) + 1);
      const named = 'pods' in item && Array.isArray(item.pods) ? namedBy(item.pods) : 0;
      if (index >= most || bytes > leftBytes || named > leftNamed) {
        table.cut(known);
        // What comes after it would hardly fit; the lists behind have what is left.
        return list.length - index;
      }
      leftBytes -= bytes;
      leftNamed -= named;
      into.push(item);
    }
    return 0;
  };
}

function namedBy(runs: readonly number[]): number {
  return runs.reduce((sum, count, at) => (at % 2 === 1 ? sum + count : sum), 0);
}

function sizeOf(value: object): number {
  return Buffer.byteLength(JSON.stringify(value));
}
