// A scene as a picture with what was judged, so that the page, its alt texts and the tests speak of the same figures.
import type { Algorithm, Param, Params } from '#detect/contract.ts';
import { ALGORITHMS, type AlgorithmName } from '#detect/index.ts';
import { valueText } from '../param-words.ts';
import { duration, judgeScene, outcomeText, seriesOf, spanOf } from './judge-scene.ts';
import { type Panel, pictureMarkup } from './picture.ts';
import {
  BASE,
  type GuardScene,
  type KnobScene,
  type MethodScenes,
  type Scene,
  type Setting,
  type Value,
} from './scene.ts';

export interface Drawn {
  /** Path below the pictures' folder. */
  readonly name: string;
  /** What is seen, for who cannot see it: what was set, and what came of it. */
  readonly alt: string;
  readonly markup: string;
  readonly panels: readonly Panel[];
}

export interface PanelSetting {
  readonly name: string;
  readonly note: string;
  readonly setting: Setting;
}

/** The picture of a scene under one or more settings; `head` is what is the same in all of them. */
export function drawScene(
  { name, what, head }: { readonly name: string; readonly what: string; readonly head: readonly string[] },
  scene: Scene,
  settings: readonly PanelSetting[],
): Drawn {
  const series = seriesOf(scene);
  const panels = settings.map(({ setting, ...told }) => {
    const judged = judgeScene(scene, series, setting);
    return { ...told, outcome: outcomeText(judged), judged };
  });
  const seen = panels.map((panel) => `${panel.name}${panel.note === '' ? '' : ` (${panel.note})`}: ${panel.outcome}`);
  const title = `${what}, ${series.what}: ${seen.join('; ')}.`;
  const about = [`${series.what}, a point every ${duration(series.stepMs)}`, ...head].join('; ');
  const span = spanOf(scene, series);
  return { name, alt: title, panels, markup: pictureMarkup({ title, head: about, series, span, panels }) };
}

/** A method on a series that suits it, or does not. */
export function drawMethod(algorithm: Algorithm, scenes: MethodScenes, which: 'shines' | 'fails'): Drawn {
  const scene = scenes[which];
  const setting = settingOf(algorithm, scenes, scene);
  const what = `${algorithm.name} where it ${which}`;
  const told = { name: `${algorithm.name}/${which}`, what, head: headOf(algorithm, setting) };
  return drawScene(told, scene, [{ name: algorithm.name, note: '', setting }]);
}

/** A parameter of a method: the same series under a low, the default and a high value. */
export function drawParam(algorithm: Algorithm, scenes: MethodScenes, key: string, scene: KnobScene): Drawn {
  const param = algorithm.params[key];
  if (param === undefined) throw new RangeError(`${algorithm.name} has no parameter ${key}`);
  const base = settingOf(algorithm, scenes, scene);
  const panels = inOrder(param, scene.values).map((value): PanelSetting => {
    const { [key]: _, ...others } = base.parameters ?? {};
    return {
      name: `${key}: ${value === undefined ? 'not given' : valueText(param, value)}`,
      note: noteOf(param, value),
      setting: { ...base, parameters: { ...others, ...(value !== undefined && { [key]: value }) } },
    };
  });
  const { [key]: _, ...others } = base.parameters ?? {};
  const head = headOf(algorithm, { ...base, parameters: others });
  return drawScene({ name: `${algorithm.name}/${key}`, what: `${algorithm.name} with ${key}`, head }, scene, panels);
}

/** The values with the default among them, from the least to the most; undefined is not given. */
export function inOrder(param: Param, values: readonly Value[]): readonly (Value | undefined)[] {
  if (param.kind === 'number') {
    const all = [...values.map(Number), ...(param.default === undefined ? [] : [param.default])];
    return all.sort((a, b) => a - b);
  }
  if (param.kind === 'choice') return param.choices.filter((one) => one === param.default || values.includes(one));
  return [param.default, ...values];
}

/** What a panel does not say: the threshold, and what else is given. */
function headOf({ params }: Algorithm, { threshold = BASE.threshold, parameters = {}, guards }: Setting): string[] {
  const points = guards?.persistence === undefined ? [] : [`${guards.persistence.points} points in a row`];
  return [`threshold ${threshold}`, ...points, ...givenTexts(params, parameters)];
}

function givenTexts(params: Params, given: NonNullable<Setting['parameters']>): string[] {
  return Object.entries(given).map(([key, value]) => {
    const param = params[key];
    return `${key}: ${param === undefined ? value : valueText(param, value)}`;
  });
}

function noteOf(param: Param, value: Value | undefined): string {
  if (value === undefined) return '';
  if (value === param.default) return 'default';
  if (param.kind !== 'number' || param.default === undefined) return '';
  return Number(value) < param.default ? 'low' : 'high';
}

function settingOf({ name }: Algorithm, { threshold }: MethodScenes, { setting }: Scene): Setting {
  return { method: name, ...(threshold !== undefined && { threshold }), ...setting };
}

/** A guard or the threshold: the same series under its steps. */
export function drawGuard(name: string, scene: GuardScene): Drawn {
  const [{ setting } = { setting: {} as Setting }] = scene.steps;
  const { method = 'auto', threshold = BASE.threshold, parameters = {} } = setting;
  const { params }: Algorithm = ALGORITHMS[method as AlgorithmName];
  const about = scene.path === 'threshold' ? [] : [`threshold ${threshold}`];
  const head = [method, ...givenTexts(params, parameters), ...about];
  const settings = scene.steps.map((step) => ({ name: step.told, note: '', setting: step.setting }));
  return drawScene({ name: `guards/${name}`, what: scene.path, head }, scene, settings);
}
