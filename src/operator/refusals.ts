// What the API server turned down for what it says (a webhook, a policy, a schema), and not for the server's own state: sending
// the same again would be turned down again, for ever. Only 409 is a conflict, a 5xx is no refusal, and a right that is missing
// may be granted any time.

export interface Refused {
  readonly status?: number;
  readonly reason?: string;
  readonly message?: string;
}

const OTHER_CAUSES = new Set([401, 404, 408, 409, 410, 429]);
const RIGHT_IS_MISSING = /\bcannot (get|list|watch|create|update|patch|delete) resource\b/;
/** As many identical ones, and it is left alone until its author changes it. */
export const MOST_REFUSALS = 3;

export function isRefusal({ status = 0, message = '' }: Refused): boolean {
  return status >= 400 && status < 500 && !OTHER_CAUSES.has(status) && !RIGHT_IS_MISSING.test(message);
}

/** Identical refusals in a row, by key. */
export interface Refusals {
  /** How often this very refusal came in a row, this one included. */
  count(key: string, message: string): number;
  forget(key: string): void;
}

export function createRefusals(): Refusals {
  const known = new Map<string, { message: string; times: number }>();
  return {
    count(key, message) {
      const before = known.get(key);
      const times = before?.message === message ? before.times + 1 : 1;
      known.set(key, { message, times });
      return times;
    },
    forget: (key) => void known.delete(key),
  };
}
