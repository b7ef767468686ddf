// What a detector says of its algorithm: whether it is known, and whether its parameters are.
import { type Checkable, checkParameters } from '../parameters.ts';
import { unknownName } from '../problem.ts';
import { valueAt } from '../zod-problems.ts';
import { AnomalyDetectorSchema } from './v1.ts';

export type KnownAlgorithms = Readonly<Record<string, Checkable>>;

/** Looks at the algorithm and its parameters even where other fields are wrong, so that nothing waits for a second round. */
export function checkAlgorithm(value: unknown, algorithms: KnownAlgorithms): ReturnType<typeof checkParameters> {
  const spec = valueAt(value, ['spec']);
  const fields = AnomalyDetectorSchema.shape.spec.shape;
  const name = fields.algorithm.safeParse(valueAt(spec, ['algorithm'])).data;
  const parameters = fields.parameters.safeParse(valueAt(spec, ['parameters'])).data;
  if (spec === undefined || name === undefined || parameters === undefined) return { values: {}, problems: [] };
  const algorithm = Object.hasOwn(algorithms, name) ? algorithms[name] : undefined;
  if (algorithm === undefined) {
    const message = unknownName('algorithm', name, Object.keys(algorithms));
    return { values: {}, problems: [{ path: ['spec', 'algorithm'], message }] };
  }
  return checkParameters(parameters, algorithm, ['spec', 'parameters']);
}
