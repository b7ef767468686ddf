// The faults, the longest first: some run side by side, and none is to wait long for the other in the end.

import { apiServerAway } from './api-server-away.ts';
import { appendCrash } from './append-crash.ts';
import { certificatesRotated } from './certificates-rotated.ts';
import { clockWrong } from './clock-wrong.ts';
import { compaction } from './compaction.ts';
import type { Fault } from './contract.ts';
import { conversionBroken } from './conversion-broken.ts';
import { flood } from './flood.ts';
import { handlerThrows } from './handler-throws.ts';
import { keeperKilled } from './keeper-killed.ts';
import { leaderCutOff } from './leader-cut-off.ts';
import { leaderFrozen } from './leader-frozen.ts';
import { mutationFought } from './mutation-fought.ts';
import { nobodyTold } from './nobody-told.ts';
import { prometheusWorse } from './prometheus-worse.ts';
import { reconcileCrash } from './reconcile-crash.ts';
import { rulesTightened } from './rules-tightened.ts';
import { slowClients } from './slow-clients.ts';
import { watchReset } from './watch-reset.ts';
import { watchSilence } from './watch-silence.ts';
import { webhookChaos } from './webhook-chaos.ts';
import { webhookDown } from './webhook-down.ts';

export const FAULTS: readonly Fault[] = [
  reconcileCrash,
  prometheusWorse,
  clockWrong,
  leaderFrozen,
  appendCrash,
  watchReset,
  leaderCutOff,
  apiServerAway,
  nobodyTold,
  flood,
  watchSilence,
  slowClients,
  certificatesRotated,
  rulesTightened,
  keeperKilled,
  webhookChaos,
  conversionBroken,
  webhookDown,
  handlerThrows,
  compaction,
  mutationFought,
];
