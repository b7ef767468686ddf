// What is shown and how it stands, and the commands that move a replay.
import { AppError } from '#kit/errors.ts';
import type { Handler } from '../context.ts';
import { conflict } from '../error-reply.ts';

export const replay: Handler<'replay'> = async (context) => context.replay.state();

/** Refuses a jump to outside the tape rather than guess what was meant. */
export const control: Handler<'control'> = async (context, { body }) => {
  if (context.replay.command === undefined) {
    throw conflict('this is a live cluster: its time cannot be paused, sped up or moved; record a tape to replay it');
  }
  if (body.action === 'jump') {
    const { fromMs, toMs } = context.replay.state().tape;
    if (body.toMs < fromMs || body.toMs > toMs) {
      const ends = [fromMs, toMs].map((ms) => `${ms} (${new Date(ms).toISOString()})`).join(' to ');
      throw new AppError('bad-usage', `toMs: the tape goes from ${ends}, got ${body.toMs}`);
    }
  }
  return context.replay.command(body);
};
