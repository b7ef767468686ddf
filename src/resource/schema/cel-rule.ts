// One rule in CEL, compiled once. A rule that uses a function or a word that the library lacks is not judged, and says so: it
// must never pass in silence.
import {
  type CelInput,
  CelScalar,
  celEnv,
  celFunc,
  celMethod,
  isCelError,
  objectType,
  parse,
  plan,
} from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { TimestampSchema, timestampFromMs } from '@bufbuild/protobuf/wkt';
import { onceFor } from '#kit/once-for.ts';
import { matcher } from './check-value.ts';
import { isFormat } from './formats.ts';
import type { ValidationRule } from './schema.ts';

export type Verdict =
  | { readonly kind: 'met' }
  | { readonly kind: 'broken'; readonly message: string }
  | { readonly kind: 'unjudged'; readonly why: string };

export interface CompiledRule {
  /** A rule about a change: not judged where nothing was before. */
  readonly usesOldSelf: boolean;
  judge(self: CelInput, oldSelf?: CelInput): Verdict;
}

/** The library's own takes the 30th of February for the 2nd of March; Kubernetes refuses it. */
const timestamp = celFunc('timestamp', [CelScalar.STRING], objectType(TimestampSchema), (text) => {
  if (!isFormat(text, 'date-time')) throw new Error(`no time: ${text}`);
  return timestampFromMs(Date.parse(text));
});

/** The library's own compiles the pattern each time, which takes longer than all else that is asked of a detector. */
const matches = celMethod('matches', CelScalar.STRING, [CelScalar.STRING], CelScalar.BOOL, function (pattern) {
  return matcher(pattern).test(this);
});

const ENV = celEnv({ funcs: [...strings, timestamp, matches] });
/** Operators that are planned and not called. */
const BUILT_IN = new Set(['_&&_', '_||_', '_?_:_', '_[_]', '@not_strictly_false', '_in_', '@in']);

export const compileRule = onceFor((rule: ValidationRule): CompiledRule => {
  const { rule: text, message, messageExpression, optionalOldSelf } = rule;
  const condition = programOf(text);
  const words = messageExpression === undefined ? undefined : programOf(messageExpression);
  // As the API server words it where the author gave none.
  const plain = message ?? `failed rule: ${text.trim()}`;
  return {
    usesOldSelf: /\boldSelf\b/.test(text) && optionalOldSelf !== true,
    judge(self, oldSelf) {
      if ('why' in condition) return { kind: 'unjudged', why: condition.why };
      const bindings = oldSelf === undefined ? { self } : { self, oldSelf };
      const met = condition.run(bindings);
      if (met === true) return { kind: 'met' };
      if (met !== false) return { kind: 'broken', message: `${plain} (${String(met)})` };
      const told = words !== undefined && 'run' in words ? words.run(bindings) : undefined;
      return { kind: 'broken', message: typeof told === 'string' && told.trim() !== '' ? told : plain };
    },
  };
});

type Program = { run(bindings: Record<string, CelInput>): unknown } | { readonly why: string };

function programOf(text: string): Program {
  try {
    const parsed = parse(text);
    const unknown = [...functionsOf(parsed.expr)].find((name) => !isKnown(name));
    if (unknown !== undefined) return { why: `the function ${unknown} is not known here` };
    const planned = plan(ENV, parsed);
    return {
      run(bindings) {
        const result = planned(bindings);
        return isCelError(result) ? result.message : result;
      },
    };
  } catch (error) {
    return { why: `cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function isKnown(name: string): boolean {
  return BUILT_IN.has(name) || ENV.funcs.find(name) !== undefined;
}

/** The names of all functions that an expression calls. */
function* functionsOf(node: unknown): Generator<string> {
  if (node === null || typeof node !== 'object') return;
  if ('function' in node && typeof node.function === 'string') yield node.function;
  for (const part of Object.values(node)) yield* functionsOf(part);
}
