// How far local time is ahead of UTC, for every moment and zone, in Node and in a browser. The platform knows the zones
// (`Intl`) and is slow to say; here it is asked twice for each day, and some dozen times more for a day on which clocks
// change. Days are kept, so that a series in order of time costs a comparison a point.

export interface TimeZone {
  /** At this moment, in ms; before 1970 as in 1970, and 0 for what is no time. */
  offsetAt(timeMs: number): number;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** The last day of the year 9999. */
const LAST_MS = 253_402_214_400_000;
/** Ten years; then they are learnt anew. */
const MOST_DAYS = 3660;

/** A day of UTC: until `changeMs` clocks are ahead by `before`, from then on by `after`. */
interface Day {
  readonly before: number;
  readonly changeMs: number;
  readonly after: number;
}

const UTC: TimeZone = { offsetAt: () => 0 };

/**
 * Shared by all who ask, for each series of a detector asks, and ten years of days take some hundred kilobytes. Few are used at
 * once; names come in any spelling, so that of more than these the one that was asked for longest ago goes.
 */
const known = new Map<string, TimeZone>();
export const MOST_ZONES = 64;

/** The zone of this IANA name (`Europe/Berlin`); undefined where there is none. */
export function timeZoneOf(name: string): TimeZone | undefined {
  if (name === 'UTC') return UTC;
  const found = known.get(name);
  if (found !== undefined) {
    known.delete(name);
    known.set(name, found);
    return found;
  }
  let format: Intl.DateTimeFormat;
  try {
    format = formatOf(name);
  } catch {
    return undefined;
  }
  const zone = createZone(format);
  known.set(name, zone);
  const [oldest] = known.keys();
  if (known.size > MOST_ZONES && oldest !== undefined) known.delete(oldest);
  return zone;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const [number, two] = ['numeric', '2-digit'] as const;
  return new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, calendar: 'iso8601', hourCycle: 'h23' },
    ...{ year: number, month: two, day: two, hour: two, minute: two, second: two },
  });
}

function createZone(format: Intl.DateTimeFormat): TimeZone {
  const days = new Map<number, Day>();
  let [fromMs, toMs, offset] = [0, 0, 0];

  function dayOf(number: number): Day {
    const found = days.get(number);
    if (found !== undefined) return found;
    const day = readDay(format, number * DAY_MS, days.get(number - 1)?.after);
    if (days.size >= MOST_DAYS) days.clear();
    days.set(number, day);
    return day;
  }

  return {
    offsetAt(timeMs) {
      if (timeMs >= fromMs && timeMs < toMs) return offset;
      if (Number.isNaN(timeMs)) return 0;
      const within = Math.min(Math.max(timeMs, 0), LAST_MS);
      const number = Math.floor(within / DAY_MS);
      const { before, changeMs, after } = dayOf(number);
      const isBefore = within < changeMs;
      fromMs = isBefore ? number * DAY_MS : Math.max(number * DAY_MS, changeMs);
      toMs = isBefore ? Math.min(changeMs, (number + 1) * DAY_MS) : (number + 1) * DAY_MS;
      offset = isBefore ? before : after;
      return offset;
    },
  };
}

function readDay(format: Intl.DateTimeFormat, startMs: number, known: number | undefined): Day {
  const before = known ?? readOffset(format, startMs);
  const after = readOffset(format, startMs + DAY_MS);
  if (before === after) return { before, changeMs: startMs, after };
  // Clocks change on whole minutes: the first of the new offset, by halves.
  let [low, high] = [0, DAY_MS / MINUTE_MS];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (readOffset(format, startMs + middle * MINUTE_MS) === before) low = middle;
    else high = middle;
  }
  return { before, changeMs: startMs + high * MINUTE_MS, after };
}

function readOffset(format: Intl.DateTimeFormat, timeMs: number): number {
  const parts = new Map(format.formatToParts(timeMs).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const [hour, minute, second] = [part('hour'), part('minute'), part('second')];
  return Date.UTC(part('year'), part('month') - 1, part('day'), hour, minute, second) - timeMs;
}
