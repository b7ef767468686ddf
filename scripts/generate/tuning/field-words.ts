// What the resource says of one of its fields: the very definitions that judge a detector.
import { ALGORITHMS } from '#detect/index.ts';
import { kindsOf, objectSchema } from '#resource/kinds.ts';
import { expectation } from '#resource/schema/expectation.ts';

/** Its sentence, its default and what is allowed, of a path below `spec` in the newest version. RangeError where there is none. */
export function fieldWords(path: string): string {
  const kind = kindsOf(ALGORITHMS).find((one) => one.kind === 'AnomalyDetector');
  const version = kind?.versions.at(-1);
  if (kind === undefined || version === undefined) throw new RangeError('there is no AnomalyDetector');
  const names = ['spec', ...path.split('.')];
  const field = names.reduce(
    (schema, name) => {
      const found = schema.properties?.[name];
      if (found === undefined) throw new RangeError(`a detector has no field spec.${path}`);
      return found;
    },
    objectSchema(kind, version),
  );
  const { description = '', default: usual, properties } = field;
  const sentence = /[.!?]$/.test(description) ? description : `${description}.`;
  if (properties !== undefined) return sentence;
  const allowed = expectation(field).replace(/^expected /, '');
  return `${sentence} ${usual === undefined ? 'No default' : `Default ${String(usual)}`}; ${allowed}.`;
}
