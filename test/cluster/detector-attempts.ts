// Detectors of v1, as they were always written, and those that an API server must refuse with what it must say.

export interface Attempt {
  readonly name: string;
  /** Over the six lines that are right. */
  readonly spec: object;
  readonly path: string;
  readonly says: string;
}

export function makeDetector(name: string, spec: object): object {
  return {
    apiVersion: 'monitoring.my.company/v1',
    kind: 'AnomalyDetector',
    metadata: { name },
    spec: { selector: { app: 'frontend' }, metricName: 'latency_seconds', ...spec },
  };
}

const refused = (name: string, spec: object, path: string, says: string): Attempt => ({ name, spec, path, says });
const manyLabels = Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`label-${index}`, 'x']));

export const REFUSED: readonly Attempt[] = [
  refused('a threshold beyond its range', { threshold: 100.5 }, 'spec.threshold', 'less than or equal to 100'),
  refused('a threshold below it', { threshold: -1 }, 'spec.threshold', 'greater than or equal to 0'),
  refused('a threshold in quotes', { threshold: '3' }, 'spec.threshold', 'must be of type number'),
  refused('an algorithm that is none', { algorithm: 'zscore' }, 'spec.algorithm', 'supported values: "auto"'),
  refused('no selector', { selector: undefined }, 'spec.selector', 'Required value'),
  refused('an empty selector', { selector: {} }, 'spec.selector', 'at least 1 properties'),
  refused('too many labels', { selector: manyLabels }, 'spec.selector', 'must have at most 32'),
  refused('a strange label', { selector: { 'a b': 'c' } }, 'spec.selector', 'expected a label name'),
  refused('a strange value', { selector: { a: 'b c' } }, 'spec.selector.a', 'should match'),
  refused(
    'a value that is too long',
    { selector: { a: 'b'.repeat(64) } },
    'spec.selector.a',
    'may not be more than 63',
  ),
  refused('no metric', { metricName: undefined }, 'spec.metricName', 'Required value'),
  refused('an illegal metric', { metricName: 'cpu-usage' }, 'spec.metricName', 'should match'),
  refused(
    'a direction that is none',
    { guards: { direction: 'up' } },
    'spec.guards.direction',
    '"above", "below", "both"',
  ),
  refused(
    'a range upside down',
    { guards: { range: { min: 2, max: 1 } } },
    'spec.guards.range.max',
    'expected more than "min"',
  ),
  refused(
    'more points than are looked at',
    { guards: { persistence: { points: 3, of: 2 } } },
    'spec.guards.persistence.of',
    'expected at least as many as "points"',
  ),
  refused('half a point', { guards: { persistence: { points: 1.5 } } }, 'spec.guards.persistence.points', 'integer'),
  refused('a parameter that is a mapping', { parameters: { a: { b: 1 } } }, 'spec.parameters.a', 'must have at most 0'),
  refused('a parameter that is an empty list', { parameters: { a: [] } }, 'spec.parameters.a', 'at least 1 items'),
  refused('a typing error', { treshold: 3 }, 'spec.treshold', 'unknown field'),
];
