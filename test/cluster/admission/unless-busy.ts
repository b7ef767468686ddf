// Reviews have a second or two. A machine without processor time for so long has a write refused that nothing is wrong with: a few
// times in a row at most, and in no other words.

const TOO_BUSY = /failed calling webhook .* context deadline exceeded/;
const MOST_TRIES = 4;

export function isTooBusy(message: unknown): boolean {
  return TOO_BUSY.test(String(message));
}

/** What `write` came to, the first time that it was not for want of time. */
export async function unlessBusy<T>(write: () => Promise<T>, messageOf: (written: T) => unknown): Promise<T> {
  for (let tries = 1; ; tries++) {
    const written = await write();
    if (tries === MOST_TRIES || !isTooBusy(messageOf(written))) return written;
  }
}

/** As `unlessBusy`, of an answer with a status and a body. */
export function callUnlessBusy<T extends { readonly body: { readonly message?: unknown } }>(
  write: () => Promise<T>,
): Promise<T> {
  return unlessBusy(write, ({ body }) => body.message);
}
