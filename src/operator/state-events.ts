// The Kubernetes events that a written status is worth: one when the state changes, one when pods become anomalous, and one
// when none is any more. Nothing else is told, so that a detector at work for weeks fills nobody's list.
import type { EventNote } from '#kube/contract.ts';
import { MOST_LETTERS } from './condition.ts';
import type { DetectorRecord } from './detector-record.ts';
import type { DetectorStatus } from './detector-status.ts';

/** An event holds a kilobyte, and a name up to 253 letters; the status has them all. */
const MOST_NAMES = 10;

export function stateEvents(
  { apiVersion, kind, namespace, name, uid, extension }: DetectorRecord,
  status: DetectorStatus,
  before: Partial<DetectorStatus>,
): EventNote[] {
  const of = { regarding: { apiVersion, kind, namespace, name, uid }, action: 'Analyse' };
  const notes: EventNote[] = [];
  if (before.state !== status.state) {
    const type = status.state === 'Error' ? 'Warning' : 'Normal';
    notes.push({ ...of, type, reason: status.state, note: status.conditions[0]?.message ?? status.state });
  }
  const { anomalousPods: last = [], anomalousPodCount: lastCount = 0 } = before;
  const { state, anomalousPods, anomalousPodCount: count, monitoredPods, latestScore } = status;
  if (lastCount === 0 && count > 0) {
    const worst = latestScore === undefined ? '' : ` Worst score: ${latestScore}.`;
    const help = extension?.runbook === undefined ? '' : ` Runbook: ${extension.runbook}`;
    const note = `${count} of ${monitoredPods} pods are anomalous: ${namesOf(anomalousPods, count)}.${worst}${help}`;
    notes.push({ ...of, type: 'Warning', reason: 'AnomalousPods', note });
  }
  if (lastCount > 0 && count === 0) {
    const none =
      state === 'Active'
        ? 'No pod is anomalous any more'
        : `The detector is ${state}: no pod is known to be anomalous any more`;
    notes.push({ ...of, type: 'Normal', reason: 'AnomalyOver', note: `${none}; last: ${namesOf(last, lastCount)}.` });
  }
  return notes;
}

/** Once, when its status is refused so often that it is left alone until its author changes it. */
export function rejectedEvent({ apiVersion, kind, namespace, name, uid }: DetectorRecord, message: string): EventNote {
  const regarding = { apiVersion, kind, namespace, name, uid };
  const note = `Its status is refused, and not sent again before the detector is changed: ${message}`.slice(
    0,
    MOST_LETTERS,
  );
  return { regarding, action: 'WriteStatus', type: 'Warning', reason: 'Rejected', note };
}

function namesOf(names: readonly string[], count: number): string {
  const told = names.slice(0, MOST_NAMES);
  const more = count - told.length;
  return `${told.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
