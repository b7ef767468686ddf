// Quiet time and coloured faults of a method on the recordings of `--task quiet`: the shipped setting, with this algorithm in it.
import { join } from 'node:path';
import type { Plan } from '#model/plan.ts';
import { quantileOf } from '../judge.ts';
import { methodOf } from '../methods.ts';
import { judgeMethod } from '../quiet.ts';
import { nezhaSet, type RecordedSet, shippedSet } from '../sets.ts';

export interface QuietFigures {
  readonly set: string;
  readonly redRatio: number;
  readonly findingsPerSeriesAndDay: number;
  readonly own: number;
  readonly faults: number;
  readonly delayMedianMinutes: number;
  readonly delayP90Minutes: number;
}

/** The shipped tape, and the other day of Nezha where the data is. To be closed. */
export async function quietSets(data: string | undefined): Promise<readonly RecordedSet[]> {
  const folder = data === undefined ? undefined : join(data, 'nezha', '2023-01-30');
  const ticket = folder === undefined ? undefined : await nezhaSet(folder, 'Train Ticket');
  return [await shippedSet(), ...(ticket === undefined ? [] : [ticket])];
}

export async function judgeQuiet(name: string, setting: Plan, sets: readonly RecordedSet[]): Promise<QuietFigures[]> {
  const figures: QuietFigures[] = [];
  for (const set of sets) figures.push(await judgeOne(name, setting, set));
  return figures;
}

async function judgeOne(name: string, setting: Plan, set: RecordedSet): Promise<QuietFigures> {
  const { figures } = await judgeMethod(set, await methodOf(name, setting));
  return {
    set: set.name.replace(/ \(.*/, ''),
    redRatio: figures.redRatio,
    findingsPerSeriesAndDay: figures.findingsPerSeriesAndDay,
    own: figures.own,
    faults: figures.faults.length,
    delayMedianMinutes: quantileOf(figures.delaysMinutes, 0.5),
    delayP90Minutes: quantileOf(figures.delaysMinutes, 0.9),
  };
}
