// One attempt to write a batch, and what its answer means for the next one.
import { type PostOutcome, type PostTarget, post } from '#kit/post.ts';
import { headersOf, type RemoteWriteVersion } from './encode.ts';

export type Outcome =
  /** `written` is undefined where the receiver does not count. */
  | { readonly kind: 'taken'; readonly written: number | undefined }
  | Extract<PostOutcome, { readonly kind: 'again' }>
  /** `mayBeVersion` when the version may be what it does not know. */
  | {
      readonly kind: 'refused';
      readonly message: string;
      readonly written: number | undefined;
      readonly mayBeVersion: boolean;
    };

/** What receivers of the old version alone say to the new one. */
const PERHAPS_UNKNOWN = [400, 406, 415];

/** Never rejects: no answer is one as well. The receiver's headers are those beside remote write's. */
export async function send(
  receiver: PostTarget,
  body: Uint8Array,
  version: RemoteWriteVersion,
  signal: AbortSignal,
): Promise<Outcome> {
  const headers = { ...receiver.headers, ...headersOf(version) };
  const outcome = await post({ ...receiver, headers }, body, signal);
  switch (outcome.kind) {
    case 'again':
      return outcome;
    case 'taken':
      return { kind: 'taken', written: writtenOf(outcome.headers) };
    case 'refused': {
      const { message, status } = outcome;
      const written = writtenOf(outcome.headers);
      return { kind: 'refused', message, written, mayBeVersion: PERHAPS_UNKNOWN.includes(status) };
    }
  }
}

function writtenOf(headers: Headers): number | undefined {
  const counted = headers.get('x-prometheus-remote-write-samples-written');
  return counted === null ? undefined : Number(counted);
}
