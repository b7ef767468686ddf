// What the pods measure for the detectors of the load.
import type { Measured } from '../exporter.ts';
import { detector, NAMESPACE } from '../shop.ts';
import { LOADS } from './session.ts';

export function loadOf(pods: readonly string[]): Measured[] {
  return pods.flatMap((pod, row) =>
    LOADS.map((name, index) => ({
      ...{ name: metricOf(name), type: 'gauge' as const, labels: { namespace: NAMESPACE, pod } },
      at: (timeMs: number) => 5 + index + Math.sin(timeMs / 7000 + row) + Math.sin(timeMs / 1900),
    })),
  );
}

/** Manifests of the load's detectors. */
export function loadDetectors(): readonly string[] {
  return LOADS.map((name) => detector(name, 'cart', metricOf(name)));
}

function metricOf(name: string): string {
  return name.replace('-', '_');
}
