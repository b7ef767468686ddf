// Where the replay is, and the commands that move it.
import { AppError } from '#kit/errors.ts';
import type { Handler } from '../context.ts';

export const replay: Handler<'replay'> = async (context) => context.replay.state();

/** Refuses a jump to outside the tape rather than guess what was meant. */
export const control: Handler<'control'> = async (context, { body }) => {
  if (body.action === 'jump') {
    const { fromMs, toMs } = context.replay.state().tape;
    if (body.toMs < fromMs || body.toMs > toMs) {
      const ends = [fromMs, toMs].map((ms) => `${ms} (${new Date(ms).toISOString()})`).join(' to ');
      throw new AppError('bad-usage', `toMs: the tape goes from ${ends}, got ${body.toMs}`);
    }
  }
  return context.replay.command(body);
};
