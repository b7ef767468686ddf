// Days that are not like others, as people write them: one day or the first and the last, of one year (`2026-12-25`) or of
// every year (`--12-25`). Asked for by the local day's number, counted from 1970-01-01.

/** The first day and the last, both of one year or both of every year; a stretch of every year may go over its end. */
export interface Holiday {
  readonly from: string;
  readonly to: string;
}

export type IsHoliday = (day: number) => boolean;

const DAY_MS = 86_400_000;
const MONTHS_OF_31 = '(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])';
const MONTHS_OF_30 = '(0[469]|11)-(0[1-9]|[12][0-9]|30)';
/** February has a 29th: in years without, nothing matches it. */
const YEARLY = `--(${MONTHS_OF_31}|${MONTHS_OF_30}|02-(0[1-9]|[12][0-9]))`;
const DATED = '[0-9]{4}-[0-9]{2}-[0-9]{2}';

/** `2026-12-25` or `--12-25`; whether the former is a day of the calendar a pattern cannot say (`isDay`). */
export const DAY_PATTERN = `(${DATED}|${YEARLY})`;

/** A list as one text: `2026-12-25,--01-01,--12-24..--12-26`; '' is none. */
export const HOLIDAYS_PATTERN = `(${DAY_PATTERN}([.]{2}${DAY_PATTERN})?(,${DAY_PATTERN}([.]{2}${DAY_PATTERN})?)*)?`;

export function holidaysText(holidays: readonly Holiday[]): string {
  return holidays.map(({ from, to }) => (from === to ? from : `${from}..${to}`)).join(',');
}

/** The holidays of such a text; of what is not one, what can be read. */
export function readHolidays(text: string): Holiday[] {
  if (text === '') return [];
  return text.split(',').map((one) => {
    const [from = '', to = from] = one.split('..');
    return { from, to };
  });
}

/** What is wrong with such a text that a pattern cannot see, in a sentence. */
export function holidaysProblem(text: string): string | undefined {
  for (const { from, to } of readHolidays(text)) {
    const [first, last] = [numberOf(from), numberOf(to)];
    if (Number.isNaN(first) || Number.isNaN(last)) {
      return `there is no day ${JSON.stringify(Number.isNaN(first) ? from : to)}`;
    }
    if (isYearly(from) !== isYearly(to)) return `${from} and ${to} are not both of one year or both of every year`;
    if (!isYearly(from) && first > last) return `${to} is before ${from}`;
  }
  return undefined;
}

/** Whether a local day is one of them. Days are asked for in order, many times each: the last answer is kept. */
export function createHolidays(holidays: readonly Holiday[]): IsHoliday {
  if (holidays.length === 0) return () => false;
  const dated: [first: number, last: number][] = [];
  const yearly: [first: number, last: number][] = [];
  for (const { from, to } of holidays) (isYearly(from) ? yearly : dated).push([numberOf(from), numberOf(to)]);
  const isOne = (day: number): boolean => {
    if (dated.some(([first, last]) => day >= first && day <= last)) return true;
    if (yearly.length === 0) return false;
    const date = new Date(day * DAY_MS);
    const place = 100 * (date.getUTCMonth() + 1) + date.getUTCDate();
    return yearly.some(([first, last]) =>
      first <= last ? place >= first && place <= last : place >= first || place <= last,
    );
  };
  let [asked, answer] = [Number.NaN, false];
  return (day) => {
    if (day === asked) return answer;
    [asked, answer] = [day, isOne(day)];
    return answer;
  };
}

function isYearly(day: string): boolean {
  return day.startsWith('--');
}

/** Of a day of one year its number; of every year 100 × month + day; NaN where there is none. */
function numberOf(day: string): number {
  const [month = Number.NaN, date = Number.NaN] = day.slice(-5).split('-').map(Number);
  if (isYearly(day)) return 100 * month + date;
  const timeMs = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(timeMs) || new Date(timeMs).getUTCDate() !== date ? Number.NaN : timeMs / DAY_MS;
}
