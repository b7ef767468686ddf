// Tries beyond grpc-js's own. It gives a call up for good once the first header of an answer is there, as its specification
// says, so that a replica killed while it answers would lose scores; and it has one deadline for all tries, so that a replica
// that hangs would. Scoring changes nothing anywhere: asking twice is always right, and round robin asks another replica.
import { status } from '@grpc/grpc-js';
import type { Clock } from '#kit/clock.ts';
import type { GrpcChannel } from './channel.ts';

const BROKEN: readonly number[] = [status.UNAVAILABLE, status.INTERNAL];
const TRIES_WHEN_BROKEN = 4;
const TRIES_WHEN_SILENT = 2;
const BACK_OFF_MS = 100;

export interface RetryDeps {
  readonly clock: Clock;
  readonly random: () => number;
}

/** The channel, with at most four tries of each call, and two where a deadline passed. */
export function withRetries(channel: GrpcChannel, { clock, random }: RetryDeps): GrpcChannel {
  return {
    ...channel,
    async call(path, bytes, signal) {
      for (let tries = 1; ; tries++) {
        const answer = await channel.call(path, bytes, signal);
        const isSilent = answer.status === status.DEADLINE_EXCEEDED;
        const most = isSilent ? TRIES_WHEN_SILENT : BROKEN.includes(answer.status) ? TRIES_WHEN_BROKEN : 1;
        if (tries >= most) return answer;
        if (!isSilent) await clock.sleep(random() * BACK_OFF_MS * 2 ** tries, signal);
        signal?.throwIfAborted();
      }
    },
  };
}
