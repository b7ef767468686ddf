// Which metrics of some pods are worth a detector: what users feel first (latency, errors), then what runs out (processor,
// memory). Names are all there is to go by. Parts of a histogram, and what says how a thing is and not how it does, are
// never suggested.

export interface FoundMetric {
  readonly name: string;
  readonly series: number;
}

export interface RankedMetric extends FoundMetric {
  /** What it seems to measure; `other` when its name does not say. */
  readonly kind: 'latency' | 'errors' | 'processor time' | 'memory' | 'other';
}

const KINDS: readonly (readonly [kind: RankedMetric['kind'], pattern: RegExp])[] = [
  ['latency', /latency|duration|response_time|request_time|handling_seconds/],
  ['errors', /error|fail|exception|rejected|5xx/],
  ['processor time', /cpu_usage|cpu_seconds/],
  ['memory', /memory_working_set|resident_memory|memory_usage|heap_used|heap_alloc/],
  ['other', /(?:)/],
];

/** Where several say the same, the one that detectors are usually given. */
const PREFERRED = ['container_cpu_usage_seconds_total', 'container_memory_working_set_bytes'];
/** Sums and buckets mean nothing alone; the others never move, or are about the scrape and the runtime. */
const UNFIT =
  /_(bucket|sum|created|info|labels)$|^(up|ALERTS|kube_|scrape_|promhttp_|go_|process_(?!cpu|resident)|container_(spec|last_seen|start_time|scrape))/;
const MOST_SUGGESTED = 3;

/** All that could be watched, the best first. */
export function rankMetrics(found: readonly FoundMetric[]): readonly RankedMetric[] {
  const place = ({ kind }: RankedMetric) => KINDS.findIndex(([name]) => name === kind);
  return found
    .filter(({ name }) => !UNFIT.test(name))
    .map((metric): RankedMetric => ({ ...metric, kind: kindOf(metric.name) }))
    .sort(
      (a, b) =>
        place(a) - place(b) ||
        Number(PREFERRED.includes(b.name)) - Number(PREFERRED.includes(a.name)) ||
        b.series - a.series ||
        (a.name < b.name ? -1 : 1),
    );
}

/** One of each kind, at most three; what nobody can name only when there is nothing else. */
export function suggestMetrics(ranked: readonly RankedMetric[]): readonly RankedMetric[] {
  const known = ranked.filter(
    ({ kind }, index) => kind !== 'other' && ranked.findIndex((other) => other.kind === kind) === index,
  );
  return (known.length > 0 ? known : ranked).slice(0, MOST_SUGGESTED);
}

function kindOf(name: string): RankedMetric['kind'] {
  return KINDS.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other';
}
