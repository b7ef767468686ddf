// The faults, in the order of their numbers.
import type { Fault } from './contract.ts';
import { watchReset } from './watch-reset.ts';

export const FAULTS: readonly Fault[] = [watchReset];
