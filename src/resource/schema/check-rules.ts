// All rules in CEL of a schema against a value that fits it, in the API server's order: the outer first.
import { type Path, type Problem, shown } from '../problem.ts';
import { compileRule } from './cel-rule.ts';
import { celValue } from './cel-value.ts';
import { isList, isObject, type JsonValue, valueAt } from './json-value.ts';
import { type Schema, schemaUnder } from './schema.ts';
import { schemaHas } from './schema-has.ts';

export interface UnjudgedRule {
  readonly path: Path;
  readonly rule: string;
  readonly why: string;
}

export interface RuleVerdicts {
  readonly problems: readonly Problem[];
  /** What could not be judged; its value may yet be refused. */
  readonly unjudged: readonly UnjudgedRule[];
}

/** `broken` are the places where the value does not fit its schema: no rule is asked about what they are part of. */
export function checkRules(value: JsonValue, schema: Schema, broken: readonly Path[] = []): RuleVerdicts {
  const problems: Problem[] = [];
  const unjudged: UnjudgedRule[] = [];
  const parts = new Set(
    broken.flatMap((place) => [...place.keys(), place.length].map((end) => nameOf(place.slice(0, end)))),
  );
  const ends = new Set(broken.map(nameOf));
  const visit = (part: JsonValue, of: Schema, path: Path) => {
    if (part === null || !hasRules(of)) return;
    const name = broken.length === 0 ? '' : nameOf(path);
    // Of a list that is too long no item is asked for: whoever sends it chooses how many there are.
    if (ends.has(name)) return;
    const isWhole = !parts.has(name);
    for (const rule of isWhole ? (of['x-kubernetes-validations'] ?? []) : []) {
      const compiled = compileRule(rule);
      if (compiled.usesOldSelf) continue;
      const self = celValue(part, of);
      const verdict = self === undefined ? ({ kind: 'met' } as const) : compiled.judge(self);
      if (verdict.kind === 'broken') {
        const field = fieldOf(rule.fieldPath);
        problems.push({
          path: [...path, ...field],
          message: `${verdict.message}${found(valueAt(part, field), field)}`,
        });
      }
      if (verdict.kind === 'unjudged') unjudged.push({ path, rule: rule.rule, why: verdict.why });
    }
    for (const branch of of.allOf ?? []) visit(part, { ...of, allOf: [], ...branch }, path);
    if (isList(part)) {
      for (const [index, item] of part.entries()) if (of.items !== undefined) visit(item, of.items, [...path, index]);
    } else if (isObject(part)) {
      for (const [key, under] of Object.entries(part)) {
        const next = schemaUnder(of, key);
        if (next !== undefined) visit(under, next, [...path, key]);
      }
    }
  };
  // The outermost sees what every resource has.
  visit(value, { ...schema, 'x-kubernetes-embedded-resource': true }, []);
  return { problems, unjudged };
}

function nameOf(path: Path): string {
  return JSON.stringify(path);
}

/** What stands at the field that the rule points at. */
function found(value: JsonValue | undefined, field: Path): string {
  return field.length === 0 || value === undefined ? '' : `, got ${shown(value)}`;
}

/** `.spec.max` → its parts; `['a-b']` and `[0]` as well. */
function fieldOf(fieldPath = ''): Path {
  return [...fieldPath.matchAll(/\.([A-Za-z_][A-Za-z0-9_]*)|\['([^']+)'\]|\[(\d+)\]/g)].map(
    ([, name, quoted, index]) => (index === undefined ? (name ?? quoted ?? '') : Number(index)),
  );
}

const hasRules = schemaHas(({ 'x-kubernetes-validations': rules = [] }) => rules.length > 0);
