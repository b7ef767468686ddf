// docs/guides/tuning.md and its pictures: which knob to turn, from the registry of src/detect and the scenes beside this file.
// Every figure in it is counted in the picture that it stands in.
import type { Algorithm, Param } from '#detect/contract.ts';
import { NOTICE, table } from '../markdown.ts';
import { defaultOf, rangeOf } from '../param-words.ts';
import { type Drawn, drawGuard, drawMethod, drawParam } from './draw-scene.ts';
import { fieldWords } from './field-words.ts';
import type { GuardScene, MethodScenes } from './scene.ts';
import { FALSE_ALARMS, type Knob, MISSED, type Symptom } from './symptoms.ts';

export interface Tuning {
  readonly algorithms: Readonly<Record<string, Algorithm>>;
  readonly scenes: Readonly<Record<string, MethodScenes>>;
  /** The threshold first. */
  readonly guards: Readonly<Record<string, GuardScene>>;
}

const PAGE = 'docs/guides/tuning.md';
const PICTURES = 'docs/pictures/tuning';
const FROM_PAGE = '../pictures/tuning';

/** Path → text of the guide and of each of its pictures. Throws RangeError for a name that the registry does not have. */
export function tuningFiles(tuning: Tuning): Readonly<Record<string, string>> {
  const head = headText(tuning);
  const pictures: Record<string, string> = {};
  const picture = ({ name, alt, markup }: Drawn): string => {
    pictures[`${PICTURES}/${name}.svg`] = markup;
    return `![${alt.replaceAll(/[[\]]/g, '')}](${FROM_PAGE}/${name}.svg)`;
  };
  const guards = Object.entries(tuning.guards).map(([name, scene]) =>
    guardSection(scene, picture(drawGuard(name, scene))),
  );
  const methods = Object.values(tuning.algorithms).map((algorithm) => methodSection(algorithm, tuning, picture));
  return { [PAGE]: `${head}\n${guards.join('\n')}\n${METHODS}\n\n${methods.join('\n')}`, ...pictures };
}

function headText(tuning: Tuning): string {
  const rows = (symptoms: readonly Symptom[]) =>
    symptoms.map(({ symptom, because, turn }) => [symptom, because, turn.map((knob) => link(knob, tuning)).join(', ')]);
  return `# Which knob to turn

${NOTICE}

A false alarm, or an incident that nobody was told of. A finding says in its own words why it is one: the value, what was expected,
the band, and each guard with its limit. What was missed says it as well: [a back-test](back-test.md) with \`--inject\` counts what
held each fault back, and the page’s back-test has a slider for each knob on this page. Turn one at a time, and look at both counts.

## A false alarm

${table(['what happens', 'why', 'turn'], rows(FALSE_ALARMS))}

## A missed incident

${table(['what happened', 'why', 'turn'], rows(MISSED))}

Begin with \`auto\`, which is what a detector has that names no method. Another one is for what a series is known to be: a bound that
somebody knows, a day that never changes, a leak. Two detectors may watch one metric, each with findings of its own.

## How to read the pictures

Each is one series, judged by the product’s own engine once for each value of a knob. The line is what was measured; the pale band is
±3 sigmas as the method sees them. Red dots are anomalous points, rings are points beyond the threshold that a guard held back, and
a finding is open where the ground is red. The bar below is what is true: a fault that was put in, filled where it was caught, hollow
where it was missed. The words above count it: faults caught and their median delay, findings that touch no fault, and for how long it was
red beside the faults. Days are in UTC, and the method has seen those before.

The series are made from a seed, and chosen because they show what a knob does: one picture measures nothing. How well the methods do is
in [accuracy.md](../accuracy.md), and every parameter in [algorithms.md](../algorithms.md).

## Threshold and guards

A score says how rare a point is, a guard whether it matters. They are the same for all methods: try them before another method.
`;
}

const METHODS = `## Methods

In alphabetical order. Unless a picture says otherwise the threshold is 4 and no guard is set, so that what one sees is the method: with
guards there are fewer findings. Of each method there is a series that suits it and one that does not, and then its parameters, from
the least value to the most.`;

function guardSection({ path, says }: GuardScene, picture: string): string {
  return `### ${path}

${fieldWords(path)}

${picture}

${says}
`;
}

function methodSection(algorithm: Algorithm, { scenes }: Tuning, picture: (drawn: Drawn) => string): string {
  const { name, summary, shines, fails, params } = algorithm;
  const own = scenes[name];
  if (own === undefined) throw new RangeError(`the tuning guide has no scenes of ${name}`);
  const knobs = Object.entries(params).map(([key, param]) => {
    const scene = own.params[key];
    if (scene === undefined) throw new RangeError(`the tuning guide has no scene of ${name}’s ${key}`);
    return `${aboutParam(key, param)}

${picture(drawParam(algorithm, own, key, scene))}

${scene.says}
`;
  });
  return `### ${name}

${summary}

**Good for:** ${shines}

${picture(drawMethod(algorithm, own, 'shines'))}

**Bad for:** ${fails}

${picture(drawMethod(algorithm, own, 'fails'))}

${knobs.join('\n')}`;
}

function aboutParam(key: string, param: Param): string {
  return `**\`${key}\`**: ${sentence(param.summary)} Default ${defaultOf(param)}; ${rangeOf(param)}.`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** A link to the section that has the knob's picture. */
function link(knob: Knob, { algorithms, guards }: Tuning): string {
  if ('guard' in knob) {
    const path = guards[knob.guard]?.path;
    if (path === undefined) throw new RangeError(`there is no guard ${knob.guard}`);
    return `[\`${path}\`](#${anchor(path)})`;
  }
  const { method, param } = knob;
  const params = algorithms[method]?.params;
  if (params === undefined) throw new RangeError(`there is no method ${method}`);
  if (param === undefined) return `[\`${method}\`](#${anchor(method)})`;
  if (!Object.hasOwn(params, param)) throw new RangeError(`${method} has no parameter ${param}`);
  return `[\`${param}\` of \`${method}\`](#${anchor(method)})`;
}

/** As GitHub makes them of headings. */
function anchor(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\w-]/g, '');
}
