// A condition of a detector's status. Pure: the same words on the same conditions before give the same condition.

/** Of metav1.Condition, the fields that a detector writes. */
export interface DetectorCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  /** UpperCamelCase. */
  readonly reason: string;
  /** At most `MOST_LETTERS`. */
  readonly message: string;
  /** When `status` became what it is; RFC 3339. */
  readonly lastTransitionTime: string;
  readonly observedGeneration: number;
}

/** Of a condition's message, and of an event's note, which the API server holds to a kilobyte. */
export const MOST_LETTERS = 1000;

/** Cuts the message. The time of the last transition is kept from `before` for as long as the status is the same. */
export function conditionOf(
  { message, ...words }: Omit<DetectorCondition, 'lastTransitionTime'>,
  before: readonly DetectorCondition[],
  nowMs: number,
): DetectorCondition {
  const known = before.find(({ type }) => type === words.type);
  const lastTransitionTime = known?.status === words.status ? known.lastTransitionTime : timeText(nowMs);
  return { ...words, message: message.slice(0, MOST_LETTERS), lastTransitionTime };
}

/** RFC 3339 in UTC, to the second, as the API server keeps times. */
export function timeText(timeMs: number): string {
  return new Date(Math.floor(timeMs / 1000) * 1000).toISOString();
}
