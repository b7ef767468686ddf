// Spans of a service, its callers and callees around a moment, slowest first. They were recorded near faults only, so
// that there are none says nothing.
import { AppError } from '#kit/errors.ts';
import type { Handler } from '../context.ts';
import { neighboursOf } from '../inventory.ts';

const MOST_SPANS = 200;
/** The store gives them in its own order: enough are read that the slowest of any minute are among them. */
const MOST_READ = 5000;

export const spans: Handler<'spans'> = async (context, { query }) => {
  if (query.toMs < query.fromMs) {
    throw new AppError('bad-usage', `toMs: expected at least fromMs (${query.fromMs}), got ${query.toMs}`);
  }
  const { inventory, nowMs } = await context.moments.now();
  const own = [...inventory.things.values()].filter(
    ({ entity }) => entity.kind === 'service' && entity.name === query.service,
  );
  if (own.length === 0) throw new AppError('not-found', `nothing is known of a service "${query.service}"`);
  const around = own.flatMap((thing) => [
    thing,
    ...neighboursOf(inventory, thing, 'callers'),
    ...neighboursOf(inventory, thing, 'callees'),
  ]);
  const range = { fromMs: query.fromMs, toMs: Math.min(query.toMs, nowMs) + 1 };
  const services = [...new Set(around.map(({ entity }) => entity.name))];
  if (range.fromMs >= range.toMs) return { spans: [], recorded: false };
  const found = await context.store.spans({ range, services, limit: MOST_READ });
  const recorded = found.length > 0 || (await context.store.spans({ range, limit: 1 })).length > 0;
  return { spans: found.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, MOST_SPANS), recorded };
};
