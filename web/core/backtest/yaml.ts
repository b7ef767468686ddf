// The detector that a back-test results in, as a file: version 2, complete, and nothing in it that is a default anyway.
import type { TrackView } from '#api/rest/contract.ts';
import type { ParamValues } from '#detect/contract.ts';
import { methodField } from '#detect/index.ts';
import { DEFAULT_GROUP } from '#model/api-group.ts';
import { DEFAULTS, type Settings } from './settings.ts';

interface Mapping {
  readonly [name: string]: Tree | undefined;
}
type Tree = string | number | boolean | readonly Mapping[] | Mapping;

/** The file's text. Which pods are meant, no series says: where the detector is not known it is a guess by the service. */
export function yamlOf(track: TrackView, settings: Settings): string {
  const { deployed, metric, service, entity } = track;
  const { name, namespace } = nameOf(track);
  const selector = deployed === null ? {} : deployed.selector;
  const matchLabels = Object.keys(selector).length > 0 ? selector : { app: labelValue(service || entity.name) };
  const query = deployed?.query ?? undefined;
  const { method, threshold, parameters } = settings;
  return document({
    apiVersion: `${DEFAULT_GROUP}/v2`,
    kind: 'AnomalyDetector',
    metadata: { name, namespace: namespace === '' ? undefined : namespace },
    spec: {
      targets: { matchLabels },
      metrics: [{ name: metric, query }],
      method:
        method === DEFAULTS.method && isEmpty(parameters)
          ? undefined
          : { name: method, [methodField(method)]: isEmpty(parameters) ? undefined : parameters },
      threshold: threshold === DEFAULTS.threshold ? undefined : threshold,
      guards: guardsTree(settings.guards),
    },
  });
}

/** Whether `yamlOf` had to guess the pods. */
export function guessesTargets({ deployed }: TrackView): boolean {
  return deployed === null || Object.keys(deployed.selector).length === 0;
}

function nameOf({ detector, metric, entity }: TrackView): { readonly name: string; readonly namespace: string } {
  const parts = detector.split('/');
  const [namespace, name] = parts.length === 2 ? parts : [entity.namespace, detector || metric];
  return { name: objectName(name ?? ''), namespace: objectName(namespace === '*' ? '' : (namespace ?? '')) };
}

function objectName(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^[-.]+|[-.]+$/g, '');
}

function labelValue(text: string): string {
  return text
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^[-_.]+|[-_.]+$/g, '');
}

function guardsTree(guards: ParamValues): Tree | undefined {
  const { rangeMin, rangeMax, persistencePoints, persistenceOf, persistenceClear, ...plain } = guards;
  const tree = {
    ...plain,
    range: present({ min: rangeMin, max: rangeMax }),
    persistence: present({ points: persistencePoints, of: persistenceOf, clear: persistenceClear }),
  };
  return present(tree);
}

function present(tree: Mapping): Mapping | undefined {
  return Object.values(tree).every((value) => value === undefined) ? undefined : tree;
}

function isEmpty(values: ParamValues): boolean {
  return Object.keys(values).length === 0;
}

function document(tree: Mapping): string {
  return `${lines(tree).join('\n')}\n`;
}

function lines(tree: Mapping): string[] {
  return Object.entries(tree).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (isList(value)) return [`${word(name)}:`, ...value.flatMap(item)];
    if (typeof value !== 'object') return [`${word(name)}: ${word(value)}`];
    return [`${word(name)}:`, ...lines(value).map((line) => `  ${line}`)];
  });
}

/** Array.isArray knows nothing of lists that are not to be changed. */
function isList(value: Tree): value is readonly Mapping[] {
  return Array.isArray(value);
}

function item(tree: Mapping): string[] {
  return lines(tree).map((line, i) => `${i === 0 ? '- ' : '  '}${line}`);
}

/** Without quotes what every reader takes for text: a letter first, and no word that means something. */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_./-]*$/;
const MEANING = /^(true|false|null|yes|no|on|off|y|n|nan|inf)$/i;

function word(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  return PLAIN.test(value) && !MEANING.test(value) ? value : JSON.stringify(value);
}
